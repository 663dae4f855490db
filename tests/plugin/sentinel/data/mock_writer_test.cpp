#include "plugin/sentinel/data/mock_writer.h"

#include <cmath>

#include <gtest/gtest.h>

#include "plugin/sentinel/data/frozen_data.h"

namespace sentinel {
namespace {

std::string rewritten(const std::string& text) {
  const auto data = read_data(std::make_shared<const base::Source>("mock.sentinel", text));
  return data ? write_mock(*(*data)->root) : "not data";
}

TEST(MockWriter, WritesWhatHashiCorpGenerates) {
  // Laid out as the generated mocks are: sections of one-line entries, short keys before long ones,
  // scalars on consecutive lines.
  const std::string text =
      "terraform_version = \"1.9.4\"\n"
      "\n"
      "planned_values = {\n"
      "\t\"outputs\": {},\n"
      "\t\"resources\": {\n"
      "\t\t\"aws_instance.web[0]\": {\n"
      "\t\t\t\"address\":        \"aws_instance.web[0]\",\n"
      "\t\t\t\"depends_on\":     [],\n"
      "\t\t\t\"index\":          0,\n"
      "\t\t\t\"values\": {\n"
      "\t\t\t\t\"ami\": \"ami-1\",\n"
      "\t\t\t\t\"associate_public_ip_address\":          null,\n"
      "\t\t\t\t\"instance_initiated_shutdown_behavior\": undefined,\n"
      "\t\t\t\t\"ratio\": 0.5,\n"
      "\t\t\t\t\"security_groups\": [\n"
      "\t\t\t\t\t\"a\",\n"
      "\t\t\t\t\t{\n"
      "\t\t\t\t\t\t\"b\": 1,\n"
      "\t\t\t\t\t},\n"
      "\t\t\t\t],\n"
      "\t\t\t\t\"tags\": null,\n"
      "\t\t\t},\n"
      "\t\t},\n"
      "\t},\n"
      "}\n"
      "\n"
      "variables = {}\n"
      "\n"
      "id = \"run-1\"\n"
      "speculative = false\n"
      "\n"
      "targets = []\n";
  std::string expected = text;
  expected.replace(expected.find("\"address\":        "), 18, "\"address\":    ");
  expected.replace(expected.find("\"depends_on\":     "), 18, "\"depends_on\": ");
  expected.replace(expected.find("\"index\":          "), 18, "\"index\":      ");
  EXPECT_EQ(rewritten(text), expected);
  EXPECT_EQ(rewritten(expected), expected);
}

TEST(MockWriter, SortsKeysByBytes) {
  EXPECT_EQ(rewritten("a = {\"b\": 1, \"B\": 2, \"\\xC3\\xA4\": 3, \"a\\\"\": 4}"),
            "a = {\n\t\"B\":   2,\n\t\"a\\\"\": 4,\n\t\"b\":   1,\n\t\"\xC3\xA4\":   3,\n}\n");
}

TEST(MockWriter, WritesOnlyWhatCanBeReadAgain) {
  Arena arena;
  Map* root = make_map(arena);
  root->set(arena, Value::string("huge"), Value::number(1e300));
  root->set(arena, Value::string("large"), Value::number(1e20));
  root->set(arena, Value::string("nothing"), Value::number(-0.0));
  root->set(arena, Value::string("small"), Value::number(-1.5e-9));
  root->set(arena, Value::string("infinite"), Value::number(INFINITY));
  root->set(arena, Value::string("bytes"), Value::string(std::string_view("\0\xFF\x1B", 3)));
  root->set(arena, Value::string("least"), Value::integer(INT64_MIN + 1));
  EXPECT_EQ(write_mock(*root),
            "huge = 1e+300\nlarge = 1e+20\nnothing = -0.0\nsmall = -1.5e-09\ninfinite = "
            "undefined\nbytes = "
            "\"\\x00\\xff\\x1b\"\n"
            "least = -9223372036854775807\n");
}

}  // namespace
}  // namespace sentinel
