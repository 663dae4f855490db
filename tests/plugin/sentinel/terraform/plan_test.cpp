#include "plugin/sentinel/terraform/plan.h"

#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "plugin/sentinel/value/operation.h"
#include "tests/golden.h"

namespace sentinel {
namespace {

base::Result<PlanImports> read(std::string json) {
  return read_plan(std::make_shared<const base::Source>("plan.json", std::move(json)));
}

/// A plan with one of everything that the imports treat in a way of its own.
constexpr const char* kPlan = R"json({
  "format_version": "1.2",
  "terraform_version": "1.9.4",
  "applyable": true, "complete": true, "errored": false,
  "a_key_of_the_future": 1,
  "variables": {"password": {"value": "hunter2"}, "region": {"value": "eu"}, "unset": {"value": null}},
  "planned_values": {
    "outputs": {
      "id": {"sensitive": false},
      "ip": {"sensitive": false, "type": "string", "value": "10.0.0.1"},
      "secret": {"sensitive": true, "type": "string", "value": "s3cret"}
    },
    "root_module": {
      "resources": [
        {"address": "aws_instance.web[0]", "mode": "managed", "type": "aws_instance", "name": "web",
         "index": 0, "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 1,
         "values": {"user_data": "x", "ami": "ami-1", "tags": {"b": "2", "a": "1"}, "ratio": 1.0},
         "sensitive_values": {"tags": {}}},
        {"address": "data.aws_ami.x", "mode": "data", "type": "aws_ami", "name": "x",
         "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0,
         "values": {"id": "ami-1"}}
      ],
      "child_modules": [
        {"address": "module.m[\"k\"]",
         "resources": [
           {"address": "module.m[\"k\"].data.aws_ami.y", "mode": "data", "type": "aws_ami",
            "name": "y", "provider_name": "aws", "schema_version": 0, "values": {}}
         ]}
      ]
    }
  },
  "resource_changes": [
    {"address": "aws_instance.web[0]", "previous_address": "aws_instance.old", "mode": "managed",
     "type": "aws_instance", "name": "web", "index": 0,
     "provider_name": "registry.terraform.io/hashicorp/aws",
     "change": {"actions": ["create"], "before": null,
                "after": {"user_data": "x", "ami": "ami-1", "list": ["a", "b"]},
                "after_unknown": {"id": true}, "before_sensitive": false,
                "after_sensitive": {"user_data": true, "list": [false, true], "absent": true}}},
    {"address": "aws_instance.web[0]", "deposed": "d1", "mode": "managed", "type": "aws_instance",
     "name": "web", "index": 0, "provider_name": "registry.terraform.io/hashicorp/aws",
     "change": {"actions": ["delete"], "before": {"id": "i-1"}, "after": null, "after_unknown": {},
                "before_sensitive": {}, "after_sensitive": false}, "action_reason": "delete_because_no_resource_config"}
  ],
  "resource_drift": [
    {"address": "aws_instance.web[0]", "mode": "managed", "type": "aws_instance", "name": "web",
     "provider_name": "aws",
     "change": {"actions": ["update"], "before": {"user_data": "x"}, "after": {"user_data": "y"},
                "after_unknown": {}, "before_sensitive": {"user_data": true},
                "after_sensitive": {"user_data": true}}}
  ],
  "output_changes": {
    "id": {"actions": ["create"], "before": null, "after_unknown": true, "before_sensitive": false,
           "after_sensitive": false},
    "secret": {"actions": ["create"], "before": null, "after": "s3cret", "after_unknown": false,
               "before_sensitive": true, "after_sensitive": true}
  },
  "prior_state": {
    "format_version": "1.0", "terraform_version": "1.9.3",
    "values": {
      "outputs": {"ip": {"sensitive": false, "value": "10.0.0.1"}},
      "root_module": {
        "resources": [
          {"address": "data.aws_ami.x", "mode": "data", "type": "aws_ami", "name": "x",
           "provider_name": "aws", "schema_version": 0, "values": {"id": "ami-1"},
           "depends_on": ["aws_instance.web"], "tainted": true}
        ]
      }
    }
  },
  "configuration": {
    "provider_config": {
      "aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws",
              "expressions": {"region": {"references": ["var.region"]}}},
      "m:aws": {"name": "aws", "module_address": "m", "alias": "west", "version_constraint": "~> 5"}
    },
    "root_module": {
      "outputs": {"secret": {"sensitive": true, "expression": {"references": ["a.b.c", "a.b"]},
                             "depends_on": ["aws_instance.web"], "description": "d"}},
      "resources": [
        {"address": "aws_instance.web", "mode": "managed", "type": "aws_instance", "name": "web",
         "provider_config_key": "aws", "schema_version": 1,
         "count_expression": {"constant_value": 1}, "depends_on": ["data.aws_ami.x"],
         "provisioners": [{"type": "local-exec", "expressions": {"command": {"constant_value": "true"}}},
                          {"type": "file"}],
         "expressions": {
           "ami": {"references": ["data.aws_ami.x.id", "data.aws_ami.x"]},
           "ebs_block_device": [{"size": {"constant_value": 8}, "nothing": {}}, {}],
           "timeouts": {"create": {"constant_value": "5m"}},
           "user_data": {"constant_value": null}
         }}
      ],
      "module_calls": {
        "m": {"source": "./m", "for_each_expression": {"references": ["var.set"]},
              "expressions": {"x": {"constant_value": true}}, "version_constraint": "1.0",
              "module": {
                "resources": [
                  {"address": "data.aws_ami.y", "mode": "data", "type": "aws_ami", "name": "y",
                   "provider_config_key": "aws", "schema_version": 0}
                ],
                "variables": {"x": {"default": false, "sensitive": true}},
                "module_calls": {"n": {"source": "./n", "module": {"outputs": {"o": {}}}}}
              }}
      },
      "variables": {"password": {"sensitive": true}, "region": {"default": "eu", "description": "where"}, "unset": {}}
    }
  },
  "relevant_attributes": [{"resource": "aws_instance.web", "attribute": ["id"]}],
  "timestamp": "2026-11-24T00:00:00Z",
  "checks": []
})json";

TEST(Plan, BecomesTfplan) {
  const auto imports = read(kPlan);
  ASSERT_TRUE(imports);
  golden::expect_golden("tfplan", plan_mock(*imports));
}

TEST(Plan, BecomesTfconfig) {
  const auto imports = read(kPlan);
  ASSERT_TRUE(imports);
  golden::expect_golden("tfconfig", configuration_mock(*imports));
}

TEST(Plan, BecomesTfstate) {
  const auto imports = read(kPlan);
  ASSERT_TRUE(imports);
  golden::expect_golden("tfstate", state_mock(*imports));
}

TEST(Plan, HasNoSecretWhereTerraformMarksOne) {
  const auto imports = read(kPlan);
  ASSERT_TRUE(imports);
  const std::string text = plan_mock(*imports);
  EXPECT_EQ(text.find("s3cret"), std::string::npos);
  EXPECT_EQ(text.find("hunter2"), std::string::npos);
}

TEST(Plan, MayLackEverything) {
  const auto imports = read("{\"format_version\": \"0.1\"}");
  ASSERT_TRUE(imports);
  EXPECT_EQ(
      plan_mock(*imports),
      "terraform_version = undefined\n\nplanned_values = {\n\t\"outputs\":   {},\n"
      "\t\"resources\": {},\n}\n\nvariables = {}\n\nresource_changes = {}\n\n"
      "resource_drift = {}\n\noutput_changes = {}\n\nraw = {\n\t\"format_version\": \"0.1\",\n}\n");
  EXPECT_EQ(state_mock(*imports),
            "terraform_version = undefined\n\noutputs = {}\n\nresources = {}\n");
}

TEST(Plan, IsTheSameMadeFromItsRaw) {
  const auto imports = read(kPlan);
  ASSERT_TRUE(imports);
  const auto again = read(to_json(*imports->plan->find("raw"), false));
  ASSERT_TRUE(again);
  EXPECT_EQ(plan_mock(*again), plan_mock(*imports));
  EXPECT_EQ(configuration_mock(*again), configuration_mock(*imports));
  EXPECT_EQ(state_mock(*again), state_mock(*imports));
}

TEST(Plan, MayBeOddlyShaped) {
  // Whatever stands where something else belongs: no crash, and a mock all the same, but for the
  // plan's own parts.
  const std::set<std::string_view> lists{"resource_changes", "resource_drift"};
  for (const char* value : {"null", "1", "\"x\"", "[]", "{}", "[1]", "[null]", "{\"a\": 1}",
                            "[{\"address\": 1}]", "{\"a\": {\"b\": []}}"}) {
    for (const char* key :
         {"variables", "planned_values", "resource_changes", "resource_drift", "output_changes",
          "prior_state", "configuration", "terraform_version"}) {
      const auto imports =
          read("{\"format_version\": \"1.2\", \"" + std::string(key) + "\": " + value + "}");
      const char first = std::string_view(key) == "terraform_version" ? '"'
                         : lists.contains(key)                        ? '['
                                                                      : '{';
      const bool has_no_changes = lists.contains(key) && (std::string_view(value) == "[1]" ||
                                                          value == std::string("[null]"));
      ASSERT_EQ(bool(imports),
                (value == std::string_view("null") || value[0] == first) && !has_no_changes)
          << key << value;
      if (!imports) continue;
      EXPECT_FALSE(plan_mock(*imports).empty());
      EXPECT_FALSE(configuration_mock(*imports).empty());
      EXPECT_FALSE(state_mock(*imports).empty());
    }
    for (const char* key : {"outputs", "root_module"}) {
      const std::string values = "{\"" + std::string(key) + "\": " + value + "}";
      const auto imports = read("{\"format_version\": \"1.2\", \"planned_values\": " + values +
                                ", \"configuration\": " + values + "}");
      ASSERT_TRUE(imports) << key << value;
      EXPECT_FALSE(plan_mock(*imports).empty());
      EXPECT_FALSE(configuration_mock(*imports).empty());
    }
  }
}

TEST(Plan, IsRefusedWhenItIsNone) {
  const std::pair<const char*, const char*> rows[] = {
      {"[]",
       "`plan.json` is no Terraform plan: the document is no object\n"
       "    make it with `terraform show -json PLANFILE`\n"},
      {"{}",
       "`plan.json` is no Terraform plan: it has no `format_version`\n"
       "    make it with `terraform show -json PLANFILE`\n"},
      {"{\"format_version\": \"2.0\"}",
       "`plan.json` is no Terraform plan: its format version is 2.0, not 0.x or 1.x\n"
       "    make it with `terraform show -json PLANFILE`\n"},
      {"{\"format_version\": \"1.2\", \"resource_changes\": \"none\"}",
       "`plan.json` is no Terraform plan: `resource_changes` is no list\n"
       "    make it with `terraform show -json PLANFILE`\n"},
      {"{\"format_version\": \"1.2\", \"planned_values\": []}",
       "`plan.json` is no Terraform plan: `planned_values` is no map\n"
       "    make it with `terraform show -json PLANFILE`\n"},
      {"{\"format_version\": \"1.2\", \"resource_changes\": [{}, 5]}",
       "`plan.json` is no Terraform plan: `resource_changes[1]` is no map\n"
       "    make it with `terraform show -json PLANFILE`\n"},
      {"{\"format_version\": \"1.2\", \"resource_drift\": [null]}",
       "`plan.json` is no Terraform plan: `resource_drift[0]` is no map\n"
       "    make it with `terraform show -json PLANFILE`\n"},
      {"{\"format_version\": \"1.0\", \"terraform_version\": \"1.9.8\", \"values\": "
       "{\"root_module\": {}}}",
       "`plan.json` is no Terraform plan: it is a state, not a plan\n"
       "    name the plan file: `terraform show -json PLANFILE`\n"},
      {"{",
       "plan.json:1:2: invalid JSON: a value, `,`, `:` or closing bracket was "
       "expected here\n"
       "     1 | {\n"
       "       |  ^\n"},
  };
  for (const auto& [json, message] : rows) {
    const auto imports = read(json);
    ASSERT_FALSE(imports);
    EXPECT_EQ(base::to_text(imports.error()), message);
  }
}

}  // namespace
}  // namespace sentinel
