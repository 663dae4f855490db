// keep, redact, find_secrets and diff over small bundles.
#include <filesystem>

#include <gtest/gtest.h>

#include "plugin/base/file.h"
#include "plugin/mock_bundle/diff.h"
#include "plugin/mock_bundle/keep.h"
#include "plugin/mock_bundle/redact.h"

namespace mock_bundle {
namespace {

constexpr std::string_view kPlan = R"(resource_changes = {
	"aws_db_instance.main": {
		"address": "aws_db_instance.main",
		"change": {
			"after": {
				"name":     "main",
				"password": "correct-horse",
				"port":     5432,
				"tags": {
					"note": "use correct-horse here",
				},
			},
			"before": null,
		},
		"mode": "managed",
		"type": "aws_db_instance",
	},
	"data.aws_ami.base": {
		"address": "data.aws_ami.base",
		"change": {
			"after": {},
		},
		"mode": "data",
		"type": "aws_ami",
	},
}

planned_values = {
	"outputs": {
		"login": {
			"name":      "login",
			"sensitive": true,
			"value":     "u:p",
		},
	},
	"resources": {
		"aws_ami.base": {
			"address": "aws_ami.base",
			"mode":    "data",
			"type":    "aws_ami",
			"values":  {},
		},
		"aws_db_instance.main": {
			"address": "aws_db_instance.main",
			"mode":    "managed",
			"type":    "aws_db_instance",
			"values": {
				"password": "correct-horse",
			},
		},
	},
}

variables = {
	"db_password": {
		"name":  "db_password",
		"value": "correct-horse",
	},
}

raw = {
	"configuration": {
		"root_module": {
			"module_calls": {
				"net": {
					"module": {
						"resources": [
							{
								"address": "aws_vpc.main",
								"mode":    "managed",
								"type":    "aws_vpc",
							},
						],
					},
				},
			},
			"variables": {
				"db_password": {
					"sensitive": true,
				},
			},
		},
	},
	"resource_changes": [
		{
			"address": "aws_db_instance.main",
			"change": {
				"after": {
					"password": "correct-horse",
				},
				"after_sensitive": {
					"password": true,
				},
				"before": null,
			},
			"mode": "managed",
			"type": "aws_db_instance",
		},
	],
	"variables": {
		"db_password": {
			"value": "correct-horse",
		},
	},
}
)";

constexpr std::string_view kConfig = R"(resources = {
	"aws_db_instance.main": {
		"address": "aws_db_instance.main",
		"config": {
			"password": {
				"constant_value": "correct-horse",
			},
			"user_data": {
				"constant_value": "#!/bin/sh",
			},
		},
	},
	"module.net.aws_vpc.main": {
		"address": "module.net.aws_vpc.main",
		"config":  {},
	},
}
)";

class TrimTest : public testing::Test {
 protected:
  TrimTest() : folder_(make("a")) {}
  ~TrimTest() override {
    for (const base::Path& folder : folders_)
      std::filesystem::remove_all(folder);
  }

  base::Path make(const char* what) {
    std::string name = testing::TempDir() + "trim_test_" + what + "XXXXXX";
    const base::Path folder = ::mkdtemp(name.data());
    folders_.push_back(folder);
    EXPECT_TRUE(base::write_file(folder / "mock-tfplan-v2.sentinel", kPlan));
    EXPECT_TRUE(base::write_file(folder / "mock-tfconfig-v2.sentinel", kConfig));
    return folder;
  }

  std::string plan() const { return *base::read_file(folder_ / "mock-tfplan-v2.sentinel"); }
  std::string config() const { return *base::read_file(folder_ / "mock-tfconfig-v2.sentinel"); }

  std::vector<base::Path> folders_;
  base::Path folder_;
};

TEST_F(TrimTest, KeepsResourcesByGlobInEveryPart) {
  ASSERT_TRUE(keep(folder_, "db", {{}, {"module.net.*", "data.aws_ami.*"}}));
  EXPECT_EQ(plan().find("aws_db_instance"), std::string::npos) << plan();
  EXPECT_NE(plan().find("\"data.aws_ami.base\": {"), std::string::npos);
  EXPECT_NE(plan().find("\"aws_ami.base\": {"), std::string::npos) << "planned_values lack `data.`";
  EXPECT_NE(plan().find("\"aws_vpc.main\""), std::string::npos) << "raw configuration, by module";
  EXPECT_EQ(config().find("aws_db_instance"), std::string::npos);
  EXPECT_NE(config().find("module.net.aws_vpc.main"), std::string::npos);
}

TEST_F(TrimTest, GivesTheGlobsThatMatchNothing) {
  const auto unmatched =
      keep(folder_, "db", {{}, {"data.aws_ami.*", "module.nat.*", "aws_db_instance.?"}});
  ASSERT_TRUE(unmatched);
  EXPECT_EQ(*unmatched, (std::vector<std::string>{"module.nat.*", "aws_db_instance.?"}));
  const auto failed = keep(folder_, "db", {{}, {"module.nat.*", "x.*", "y"}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(to_text(failed.error()),
            "of mock `db` no resource would be left: none of its addresses is matched by "
            "`module.nat.*`, `x.*` or `y`\n"
            "    `keep.resources` takes whole addresses, with `*` for any text; one of them is "
            "`data.aws_ami.base`\n");
}

TEST_F(TrimTest, OfAPlanWithoutResourcesKeepsNoneInSilence) {
  ASSERT_TRUE(base::write_file(folder_ / "mock-tfplan-v2.sentinel", "resource_changes = {}\n"));
  ASSERT_TRUE(base::write_file(folder_ / "mock-tfconfig-v2.sentinel", "resources = {}\n"));
  const auto unmatched = keep(folder_, "db", {{}, {"aws_*"}});
  ASSERT_TRUE(unmatched);
  EXPECT_EQ(*unmatched, std::vector<std::string>());
}

TEST_F(TrimTest, KeepsImports) {
  ASSERT_TRUE(keep(folder_, "db", {{"tfconfig/v2"}, {}}));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "mock-tfplan-v2.sentinel"));
  EXPECT_EQ(config(), kConfig);
  const auto failed = keep(folder_, "db", {{"tfconfg/v2"}, {}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(to_text(failed.error()),
            "mock `db` supplies no import `tfconfg/v2` to keep\n    did you mean `tfconfig/v2`?\n");
}

TEST_F(TrimTest, RedactsWhatThePlanMarksWhereverTheSameTextStands) {
  ASSERT_TRUE(redact(folder_, "db", {}));
  EXPECT_EQ(plan().find("correct-horse"), std::string::npos) << plan();
  EXPECT_EQ(config().find("correct-horse"), std::string::npos) << config();
  EXPECT_NE(plan().find("\"note\": \"use REDACTED_SENSITIVE here\""), std::string::npos) << plan();
  EXPECT_EQ(plan().find("u:p"), std::string::npos) << "an output that says it is sensitive";
  EXPECT_NE(plan().find("5432"), std::string::npos);
  const std::string once = plan();
  ASSERT_TRUE(redact(folder_, "db", {}));
  EXPECT_EQ(plan(), once);
}

TEST_F(TrimTest, RedactsAttributesAndPatterns) {
  const auto nowhere = redact(folder_, "db", {{"user_data", "userdata"}, {"horse$"}});
  ASSERT_TRUE(nowhere);
  EXPECT_EQ(*nowhere, std::vector<std::string>{"userdata"});
  EXPECT_EQ(config().find("#!/bin/sh"), std::string::npos);
  const auto failed = redact(folder_, "db", {{}, {"("}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(to_text(failed.error()),
            "pattern `(` of mock `db` is no regular expression: missing ): (\n");
}

TEST_F(TrimTest, FindsWhatStillLooksLikeASecret) {
  ASSERT_TRUE(base::write_file(
      folder_ / "mock-tfplan-v2.sentinel",
      "resource_changes = {\n\t\"aws_x.y\": {\n\t\t\"change\": {\n\t\t\t\"after\": "
      "{\n\t\t\t\t\"api_token\": \"q8Zr1Lk3Vw9Xt5Bn\",\n\t\t\t\t\"id\": "
      "\"AKIAIOSFODNN7EXAMPLE\",\n\t\t\t\t\"password\": \"REDACTED_SENSITIVE\",\n"
      "\t\t\t\t\"type\": \"m6i.large\",\n\t\t\t},\n\t\t},\n\t},\n}\n"));
  const auto found = find_secrets(folder_, "db");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found,
            (std::vector<Finding>{
                {"mock-tfplan-v2.sentinel", "resource_changes[\"aws_x.y\"].change.after.api_token",
                 "aws_x.y.api_token", "random text in an attribute whose name says secret"},
                {"mock-tfplan-v2.sentinel", "resource_changes[\"aws_x.y\"].change.after.id",
                 "aws_x.y.id", "an AWS access key"}}));
}

TEST_F(TrimTest, NamesASecretAlikeInEveryImport) {
  const std::string key = "AKIAIOSFODNN7EXAMPLE";
  struct Place {
    const char* text;  // KEY stands for the secret
    const char* name;
  };
  constexpr Place kPlaces[] = {
      {R"(resource_changes = { "a.b": { "address": "a.b", "change": { "before": { "x": { "y": ["KEY"] } } } } })",
       "a.b.x"},
      {R"(raw = { "resource_changes": [{ "address": "module.m.a.b[0]", "change": { "after": { "x": "KEY" } } }] })",
       "module.m.a.b[0].x"},
      {R"(raw = { "prior_state": { "values": { "root_module": { "resources": [{ "address": "a.b", "values": { "x": "KEY" } }] } } } })",
       "a.b.x"},
      {R"(raw = { "configuration": { "root_module": { "module_calls": { "m": { "module": { "resources": [{ "address": "a.b", "mode": "managed", "expressions": { "x": { "constant_value": "KEY" } } }] } } } } } })",
       "module.m.a.b.x"},
      {R"(planned_values = { "resources": { "a.b": { "address": "a.b", "values": { "x": "KEY" } } } })",
       "a.b.x"},
      {R"(_modules = { "root": { "resources": { "a": { "b": { 0: { "applied": { "x": "KEY" } } } } } } })",
       "a.b.x"},
      {R"(variables = { "v": { "name": "v", "value": "KEY" } })", "var.v"},
      {R"(raw = { "variables": { "v": { "value": "KEY" } } })", "var.v"},
      {R"(planned_values = { "outputs": { "o": { "value": { "deep": "KEY" } } } })", "output.o"},
      {R"(output_changes = { "o": { "change": { "after": "KEY" } } })", "output.o"},
      {R"(module_calls = { "m": { "config": { "x": { "constant_value": "KEY" } } } })",
       "module.m.x"},
      {R"(providers = { "p": { "config": { "x": { "constant_value": "KEY" } } } })",
       "provider.p.x"},
      {R"(commit = "KEY")", "commit"},
      {R"(f = func() { return "KEY" })", "f"},
  };
  for (const Place& place : kPlaces) {
    std::string text = place.text;
    text.replace(text.find("KEY"), 3, key);
    ASSERT_TRUE(base::write_file(folder_ / "mock-tfplan-v2.sentinel", text + "\n"));
    const auto found = find_secrets(folder_, "db");
    ASSERT_TRUE(found) << text << to_text(found.error());
    ASSERT_EQ(found->size(), 1U) << text;
    EXPECT_EQ(found->front().name, place.name) << text;
    EXPECT_EQ(found->front().kind, "an AWS access key") << text;
  }
}

TEST_F(TrimTest, TellsSecretsFromWhatOnlyHasTheName) {
  struct Place {
    const char* attribute;
    const char* text;
    bool secret;
  };
  constexpr Place kPlaces[] = {
      {"password", "q8Zr1Lk3Vw9Xt5Bn", true},
      {"db_pass", "q8Zr1Lk3Vw9Xt5Bn", true},
      {"apiToken", "q8Zr1Lk3Vw9Xt5Bn", true},
      {"password", "REDACTED_SENSITIVE", false},
      {"passthrough_behavior", "q8Zr1Lk3Vw9Xt5Bn", false},
      {"secret_arn", "q8Zr1Lk3Vw9Xt5Bn", false},
      {"secret", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-q8Zr1L", false},
      {"token_url", "https-q8Zr1Lk3Vw9Xt5Bn", false},
      {"password", "changeme", false},
      {"note", "q8Zr1Lk3Vw9Xt5Bn", false},
      {"note", "postgres://admin:hunter2@db.example.com/x", true},
      {"note", "-----BEGIN RSA PRIVATE KEY-----", true},
      {"note", "ghp_0123456789abcdefghijABCDEFGHIJ012345", true},
  };
  for (const Place& place : kPlaces) {
    ASSERT_TRUE(base::write_file(
        folder_ / "mock-tfplan-v2.sentinel",
        std::string("x = { \"") + place.attribute + "\": \"" + place.text + "\" }\n"));
    const auto found = find_secrets(folder_, "db");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->size(), place.secret ? 1U : 0U) << place.attribute << " " << place.text;
  }
}

TEST_F(TrimTest, LooksIntoFilesThatAreNoSentinel) {
  ASSERT_TRUE(base::write_file(folder_ / "notes/key.txt", "AKIAIOSFODNN7EXAMPLE"));
  const auto found = find_secrets(folder_, "db");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found,
            (std::vector<Finding>{{"notes/key.txt", "", "notes/key.txt", "an AWS access key"}}));
}

TEST_F(TrimTest, RedactsDefaultsAndStates) {
  ASSERT_TRUE(
      base::write_file(folder_ / "mock-tfconfig-v2.sentinel",
                       "variables = { \"db_password\": { \"default\": \"swordfish-1\" } }\n"));
  ASSERT_TRUE(base::write_file(
      folder_ / "mock-tfstate-v2.sentinel",
      "resources = { \"data.a.b\": { \"address\": \"data.a.b\", \"values\": { \"x\": "
      "\"first\", \"y\": \"kept\" } } }\n"));
  ASSERT_TRUE(base::write_file(
      folder_ / "mock-tfplan-v2.sentinel",
      "raw = { \"configuration\": { \"root_module\": { \"variables\": { \"db_password\": { "
      "\"default\": \"swordfish-1\", \"sensitive\": true } } } },\n"
      "\"prior_state\": { \"values\": { \"root_module\": { \"resources\": [{ \"address\": "
      "\"data.a.b\", \"values\": { \"x\": \"first\", \"y\": \"kept\" }, "
      "\"sensitive_values\": { \"x\": true } }] } } } }\n"));
  ASSERT_TRUE(redact(folder_, "db", {}));
  const std::string state = *base::read_file(folder_ / "mock-tfstate-v2.sentinel");
  for (const std::string& text : {plan(), config(), state}) {
    EXPECT_EQ(text.find("swordfish-1"), std::string::npos) << text;
    EXPECT_EQ(text.find("first"), std::string::npos) << text;
  }
  EXPECT_NE(state.find("kept"), std::string::npos) << state;
}

TEST_F(TrimTest, RedactsNothingByMarksThatMarkNothing) {
  // Not as the generator lays it out, so that any rewriting would show.
  const std::string text =
      "resource_changes={\"a.b\":{\"address\":\"a.b\",\"change\":{\"after\":{\"x\":[\"y\"]}}}}\n"
      "raw={\"resource_changes\":[{\"address\":\"a.b\",\"change\":{\"after\":{\"x\":[\"y\"]},"
      "\"after_sensitive\":{\"x\":[false],\"tags\":{}},\"before_sensitive\":false}}],\n"
      "\"output_changes\":{\"o\":{\"after\":1,\"after_sensitive\":false}},\n"
      "\"prior_state\":{\"values\":{\"root_module\":{\"resources\":[{\"address\":\"a.b\","
      "\"values\":{\"x\":[\"y\"]},\"sensitive_values\":{\"x\":[false]}}]}}}}\n";
  ASSERT_TRUE(base::write_file(folder_ / "mock-tfplan-v2.sentinel", text));
  ASSERT_TRUE(redact(folder_, "db", {}));
  EXPECT_EQ(plan(), text);
}

TEST_F(TrimTest, RedactsByTheMarksOfWhatWasDropped) {
  auto marks = read_marks(folder_, "db");
  ASSERT_TRUE(marks);
  ASSERT_TRUE(keep(folder_, "db", {{"tfconfig/v2"}, {}}));
  EXPECT_NE(config().find("correct-horse"), std::string::npos);
  ASSERT_TRUE(redact(folder_, "db", {}, **marks));
  EXPECT_EQ(config().find("correct-horse"), std::string::npos) << config();
}

TEST_F(TrimTest, DiffersByResourceAndAttribute) {
  const base::Path other = make("b");
  std::string text(kPlan);
  text.replace(text.find("5432"), 4, "5433");
  text.replace(text.find("\"data.aws_ami.base\": {"), 22, "\"data.aws_ami.next\": {");
  ASSERT_TRUE(base::write_file(other / "mock-tfplan-v2.sentinel", text));
  const auto found = diff(folder_, "old", other, "new");
  ASSERT_TRUE(found);
  EXPECT_EQ(to_text(*found),
            "tfplan/v2\n"
            "  ~ aws_db_instance.main\n"
            "      change.after.port: 5432 -> 5433\n"
            "  - data.aws_ami.base\n"
            "  + data.aws_ami.next\n");
  EXPECT_EQ(to_markdown(*found),
            "| import | place | attribute | before | after |\n|---|---|---|---|---|\n"
            "| tfplan/v2 | `aws_db_instance.main` | change.after.port | 5432 | 5433 |\n"
            "| tfplan/v2 | `data.aws_ami.base` | removed | | |\n"
            "| tfplan/v2 | `data.aws_ami.next` | added | | |\n");
  EXPECT_EQ(
      to_json(*found),
      "{\n  \"schema\": \"harness/diff/1\",\n  \"differences\": [\n"
      "    {\"import\": \"tfplan/v2\", \"place\": \"aws_db_instance.main\", \"kind\": \"changed\", "
      "\"attributes\": [\n      {\"path\": \"change.after.port\", \"before\": \"5432\", \"after\": "
      "\"5433\"}\n    ]},\n"
      "    {\"import\": \"tfplan/v2\", \"place\": \"data.aws_ami.base\", \"kind\": \"removed\", "
      "\"attributes\": []},\n"
      "    {\"import\": \"tfplan/v2\", \"place\": \"data.aws_ami.next\", \"kind\": \"added\", "
      "\"attributes\": []}\n  ]\n}\n");
}

TEST_F(TrimTest, DiffTellsNothingThatOneSideHides) {
  const base::Path other = make("b");
  ASSERT_TRUE(redact(other, "db", {}));
  std::filesystem::remove(other / "mock-tfconfig-v2.sentinel");
  const auto found = diff(folder_, "old", other, "new");
  ASSERT_TRUE(found);
  EXPECT_EQ(to_text(*found).find("correct-horse\" ->"), std::string::npos) << to_text(*found);
  EXPECT_NE(to_text(*found).find("change.after.password: (not shown) -> \"REDACTED_SENSITIVE\"\n"),
            std::string::npos)
      << to_text(*found);
  EXPECT_NE(to_markdown(*found).find("| tfconfig/v2 | the whole import | removed | | |\n"),
            std::string::npos)
      << to_markdown(*found);
}

TEST_F(TrimTest, DiffPassesOverOrderTimestampsAndIds) {
  const auto write = [&](const base::Path& folder, const char* text) {
    ASSERT_TRUE(base::write_file(folder / "mock-tfrun.sentinel", text));
  };
  const base::Path other = make("b");
  write(folder_,
        "id = \"run-8F5JFydVYAmtTjET\"\ncreated_at = \"2026-11-20T08:41:03.532Z\"\n"
        "tags = [\"a\", \"b\"]\n");
  write(other,
        "id = \"run-2sKq9LwZ4XvB7nTc\"\ncreated_at = \"2026-11-22T15:02:11.204Z\"\n"
        "tags = [\"b\", \"a\"]\n");
  const auto found = diff(folder_, "old", other, "new");
  ASSERT_TRUE(found);
  EXPECT_EQ(to_text(*found), "");
}

}  // namespace
}  // namespace mock_bundle
