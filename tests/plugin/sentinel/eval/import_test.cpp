// Imports: mocks, modules, static data. Sections: Sentinel documentation, "Imports", "Modules".
#include <gtest/gtest.h>

#include "plugin/sentinel/value/collection.h"
#include "tests/plugin/sentinel/eval/evaluated.h"

namespace sentinel {
namespace {

const char kPlan[] =
    "resources = {\"a\": {\"tags\": {\"k\": 1}, \"l\": [1, 2]}, \"b\": {\"tags\": {}, \"l\": []}}\n"
    "hollow = [[], [], {}, {}]\ncount = 2\nnothing = null\nmissing = undefined\n";

TEST(Import, GivesMembers) {
  struct {
    const char* name;
    const char* policy;
    const char* outcome;
  } const cases[] = {
      {"data", "import \"plan\"\nprint(plan.resources.a.l, plan.count, plan.nothing)\nmain = true",
       "[1 2] 2 null\npass: true"},
      {"under another name", "import \"plan\" as p\nmain = p.count is 2", "pass: true"},
      {"by index", "import \"plan\"\nmain = plan[\"count\"] is 2", "pass: true"},
      {"that are missing", "import \"plan\"\nmain = plan.other", "undefined: 2:13"},
      {"that are undefined", "import \"plan\"\nmain = plan.missing", "undefined: 2:13"},
      {"functions that are missing", "import \"plan\"\nmain = plan.other(1)", "undefined: 2:8"},
      {"but is no value itself", "import \"plan\"\nprint(plan)\nmain = true",
       "error: 2:7: import \"plan\" is not a value, select one of its members"},
      {"that do not exist", "import \"plam\"\nmain = true",
       "error: 1:8: Import \"plam\" is not available"},
      {"with an alias that does not exist", "import \"plam\" as p\nmain = true",
       "error: 1:18: Import \"plam\" is not available"},
      {"standard ones", "import \"strings\"\nmain = strings.has_prefix(\"abc\", \"a\")",
       "pass: true"},
      {"a standard function as a value",
       "import \"strings\"\nf = strings.to_upper\nprint(f(\"a\"))\nmain = true", "A\npass: true"},
      {"a standard function that does not exist", "import \"strings\"\nmain = strings.upper(\"a\")",
       "error: 2:8: import \"strings\" has no function \"upper\""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(evaluated(c.policy, {{"plan", kPlan}}), c.outcome);
  }
}

TEST(Import, IsNotChangedByWhatIsDoneToItsValues) {
  struct {
    const char* name;
    const char* policy;
    const char* outcome;
  } const cases[] = {
      {"a map at the top",
       "import \"plan\"\nr = plan.resources\ndelete(r, \"a\")\nr[\"c\"] = 1\n"
       "print(keys(r), keys(plan.resources))\nmain = true",
       "[\"b\" \"c\"] [\"a\" \"b\"]\npass: true"},
      {"two borrowers",
       "import \"plan\"\nr = plan.resources\ns = plan.resources\ndelete(r, \"a\")\n"
       "print(length(r), length(s))\nmain = true",
       "1 2\npass: true"},
      {"a list inside, seen through every way to it",
       "import \"plan\"\nr = plan.resources\na = r.a\nappend(a.l, 3)\na.l[0] = 9\n"
       "print(r.a.l, a.l, length(r.a.l), r.a.l contains 3, r.a.l is [9, 2, 3], r.b.l)\nmain = true",
       "[9 2 3] [9 2 3] 3 true true []\npass: true"},
      {"a map inside",
       "import \"plan\"\nr = plan.resources\nr[\"a\"][\"tags\"][\"n\"] = 2\ndelete(r.a.tags, "
       "\"k\")\n"
       "for r.a.tags as k, v { print(k, v) }\nprint(r.a, keys(r.a.tags))\nmain = true",
       "n 2\n{\"l\": [1 2] \"tags\": {\"n\": 2}} [\"n\"]\npass: true"},
      {"one of several empty lists",
       "import \"plan\"\nr = plan.hollow\nappend(r[0], 1)\nr[2][\"k\"] = 1\nprint(r)\nmain = true",
       "[[1] [] {\"k\": 1} {}]\npass: true"},
      {"a filtered map",
       "import \"plan\"\nf = filter plan.resources as k, v { k is \"a\" }\n"
       "f[\"a\"][\"l\"] = 5\nprint(f)\nmain = true",
       "{\"a\": {\"l\": 5 \"tags\": {\"k\": 1}}}\npass: true"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Inputs inputs = inputs_of(c.policy, {{"plan", kPlan}});
    EXPECT_EQ(shown(outcome_of(inputs)), c.outcome);
    // The data is as it was: another evaluation sees the same.
    EXPECT_EQ(shown(outcome_of(inputs)), c.outcome);
  }
}

TEST(Module, IsEvaluatedOnceAndSharesItsState) {
  const std::map<std::string, std::string> mocks = {
      {"counter",
       "print(\"loading\")\nstate = {\"n\": 0}\nlist = [1]\nhidden = func() { return 1 }\n"
       "next = func() {\n state[\"n\"] += 1\n return state.n\n}\n"
       "check = rule { state.n > 1 }\nadd = func(x) { append(list, x); return list }\n"},
      {"other", "import \"counter\" as c\nbump = func() { return c.next() }\n"},
  };
  struct {
    const char* name;
    const char* policy;
    const char* outcome;
  } const cases[] = {
      {"by two importers",
       "import \"counter\"\nimport \"other\"\ncounter.next()\nother.bump()\n"
       "print(counter.next(), counter.state)\nmain = true",
       "loading\n3 {\"n\": 3}\npass: true"},
      {"its values are copies",
       "import \"counter\"\nl = counter.list\nappend(l, 2)\nprint(l, counter.list)\nmain = true",
       "loading\n[1 2] [1]\npass: true"},
      {"but its functions change them",
       "import \"counter\"\ncounter.add(5)\nprint(counter.list)\nmain = true",
       "loading\n[1 5]\npass: true"},
      {"rules are evaluated when read",
       "import \"counter\"\ncounter.next()\ncounter.next()\nmain = counter.check",
       "loading\npass: true"},
      {"functions are values", "import \"counter\"\nf = counter.next\nf()\nprint(f())\nmain = true",
       "loading\n2\npass: true"},
      {"arguments are counted", "import \"counter\"\ncounter.next(1)\nmain = true",
       "loading\nerror: 2:1: next: expected 0 arguments, got 1"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const Inputs inputs = inputs_of(c.policy, mocks);
    EXPECT_EQ(shown(outcome_of(inputs)), c.outcome);
    EXPECT_EQ(shown(outcome_of(inputs)), c.outcome);
  }
}

TEST(Module, HasNoParametersAndNoCycles) {
  EXPECT_EQ(evaluated("import \"m\"\nmain = true", {{"m", "param x default 1\ny = x\n"}}),
            "error: m.sentinel:1:7: parameters are not allowed in modules and mocks");
  EXPECT_EQ(
      evaluated("import \"a\"\nmain = true", {{"a", "import \"b\"\nf = func() { return 1 }\n"},
                                              {"b", "import \"a\"\nf = func() { return 1 }\n"}}),
      "error: b.sentinel:1:8: import \"a\" leads back to itself");
}

TEST(Module, SaysWhereItFailed) {
  const Outcome outcome = outcome_of(
      inputs_of("import \"m\"\nmain = rule { m.f(3) }",
                {{"m", "f = func(x) { return g(x) }\ng = func(x) { return x + \"a\" }\n"}}));
  ASSERT_TRUE(outcome.error.has_value());
  EXPECT_EQ(shown(outcome), "error: m.sentinel:2:22: cannot apply `+` to int and string");
  ASSERT_EQ(outcome.error->calls.size(), 3U);
  EXPECT_EQ(base::to_text(outcome.error->calls[0]), "m.sentinel:1:22");
  EXPECT_EQ(base::to_text(outcome.error->calls[1]), "policy.sentinel:2:15");
}

TEST(Module, ReplacesAStandardImport) {
  EXPECT_EQ(
      evaluated("import \"time\"\nmain = time.now.hour is 9", {{"time", "now = {\"hour\": 9}\n"}}),
      "pass: true");
}

TEST(StaticImport, IsPlainDataAndEnteredByPath) {
  Arena arena;
  Map* dogs = make_map(arena);
  dogs->set(arena, Value::string("rex"), Value::integer(3));
  dogs->frozen = true;
  Map* animals = make_map(arena);
  animals->set(arena, Value::string("dogs"), Value::map(dogs));
  animals->frozen = true;
  const auto outcome = [&](const char* policy) {
    Inputs inputs = inputs_of(policy);
    ImportBinding binding;
    binding.path = "animals";
    binding.kind = ImportBinding::Kind::Static;
    binding.data = {Value::map(animals), nullptr};
    inputs.imports.push_back(binding);
    return shown(outcome_of(inputs));
  };
  EXPECT_EQ(outcome("import \"animals\"\nprint(animals)\nmain = animals.dogs.rex is 3"),
            "{\"dogs\": {\"rex\": 3}}\npass: true");
  EXPECT_EQ(
      outcome("import \"animals/dogs\" as d\nfor d as k, v { print(k, v) }\nmain = d.rex is 3"),
      "rex 3\npass: true");
  EXPECT_EQ(outcome("import \"animals/dogs/rex\" as age\nmain = age is 3"), "pass: true");
  EXPECT_EQ(outcome("import \"animals/cats\" as c\nmain = true"),
            "error: 1:26: Import \"animals/cats\" is not available");
}

TEST(Import, MayBeRefused) {
  Inputs inputs = inputs_of("import \"infracost\"\nmain = true");
  ImportBinding binding;
  binding.path = "infracost";
  binding.kind = ImportBinding::Kind::Refused;
  binding.refusal = "external plugins are not supported yet";
  inputs.imports.push_back(binding);
  EXPECT_EQ(shown(outcome_of(inputs)), "error: 1:8: external plugins are not supported yet");
}

}  // namespace
}  // namespace sentinel
