// Writes the data of the benchmarks: the same bytes every time.
//
//   bench_generate plan COUNT FOLDER      plan-COUNT.sentinel and plan-COUNT.json, about 1.4 kB a
//                                         resource
//   bench_generate terraform COUNT FOLDER terraform-COUNT.json, as `terraform show -json` prints a
//                                         plan of COUNT resources, half of them there before: about
//                                         3.6 kB a resource
//   bench_generate library FOLDER         250 policies with 1,000 cases and mocks of 3 kB
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Small and the same on every machine, unlike <random>'s distributions.
class Dice {
 public:
  std::uint32_t below(std::uint32_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>((state_ >> 33U) % bound);
  }
  std::string hex(std::size_t digits) {
    std::string out;
    while (out.size() < digits)
      out += "0123456789abcdef"[below(16)];
    return out;
  }

 private:
  std::uint64_t state_ = 20261124;
};

/// A value of either format: scalars as they are spelled in both, children in order.
struct Node {
  std::string scalar;  // spelled out; empty: a collection
  bool list = false;
  std::vector<std::pair<std::string, Node>> children;
};

Node scalar(std::string spelled) {
  return {std::move(spelled), false, {}};
}
Node text(std::string_view value) {
  return scalar('"' + std::string(value) + '"');
}
Node list(std::vector<Node> items) {
  Node out;
  out.list = true;
  for (Node& item : items)
    out.children.emplace_back("", std::move(item));
  return out;
}
Node map(std::vector<std::pair<std::string, Node>> entries) {
  Node out;
  out.children = std::move(entries);
  return out;
}

bool one_line(const Node& node) {
  return !node.scalar.empty() || node.children.empty();
}

/// As HashiCorp's mock generator lays it out.
void write_mock(std::string& out, const Node& node, std::size_t depth) {
  if (one_line(node)) {
    out += !node.scalar.empty() ? node.scalar : node.list ? "[]" : "{}";
    return;
  }
  out += node.list ? "[\n" : "{\n";
  const auto& children = node.children;
  std::size_t width = 0;  // of the keys of a run of lines
  for (std::size_t i = 0; i < children.size(); ++i) {
    const auto& [key, child] = children[i];
    out.append(depth + 1, '\t');
    if (!node.list) {
      if (one_line(child) && (i == 0 || !one_line(children[i - 1].second))) {
        width = 0;
        for (std::size_t j = i; j < children.size() && one_line(children[j].second); ++j)
          width = std::max(width, children[j].first.size());
      }
      out += '"';
      out += key;
      out += "\":";
      out.append(one_line(child) ? width - key.size() + 1 : 1, ' ');
    }
    write_mock(out, child, depth + 1);
    out += ",\n";
  }
  out.append(depth, '\t');
  out += node.list ? ']' : '}';
}

void write_json(std::string& out, const Node& node) {
  if (!node.scalar.empty()) {
    out += node.scalar;
    return;
  }
  out += node.list ? '[' : '{';
  const char* between = "";
  for (const auto& [key, child] : node.children) {
    out += between;
    if (!node.list) {
      out += '"';
      out += key;
      out += "\":";
    }
    write_json(out, child);
    between = ",";
  }
  out += node.list ? ']' : '}';
}

Node tags(Dice& dice, std::uint32_t number) {
  return map({{"CostCenter", text("cc-" + std::to_string(dice.below(90) + 10))},
              {"Environment", text(dice.below(2) == 0 ? "prod" : "staging")},
              {"Name", text("node-" + std::to_string(number))},
              {"Owner", text("team-" + std::to_string(dice.below(40)))}});
}

Node instance(Dice& dice, std::uint32_t number) {
  constexpr std::string_view kTypes[] = {"t3.micro", "t3.small", "m5.large", "m5.xlarge"};
  return map({{"ami", text("ami-" + dice.hex(17))},
              {"associate_public_ip_address", scalar("false")},
              {"credit_specification", list({})},
              {"disable_api_termination", scalar("null")},
              {"ebs_block_device",
               list({map({{"delete_on_termination", scalar("true")},
                          {"device_name", text("/dev/sdf")},
                          {"encrypted", scalar("true")},
                          {"volume_size", scalar(std::to_string(8 + dice.below(500)))}})})},
              {"get_password_data", scalar("false")},
              {"iam_instance_profile", text("profile-" + std::to_string(dice.below(30)))},
              {"instance_type", text(kTypes[dice.below(4)])},
              {"monitoring", scalar("null")},
              {"source_dest_check", scalar("true")},
              {"tags", tags(dice, number)},
              {"tags_all", tags(dice, number)},
              {"user_data_replace_on_change", scalar("false")}});
}

Node group(Dice& dice, std::uint32_t number) {
  std::vector<Node> rules;
  const std::uint32_t count = 1 + dice.below(3);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string port = std::to_string(443 + dice.below(8000));
    rules.push_back(
        map({{"cidr_blocks", list({text("10." + std::to_string(dice.below(256)) + ".0.0/16"),
                                   text("192.168." + std::to_string(dice.below(256)) + ".0/24")})},
             {"description", text("")},
             {"from_port", scalar(port)},
             {"protocol", text("tcp")},
             {"self", scalar("false")},
             {"to_port", scalar(port)}}));
  }
  return map({{"description", text("managed by terraform")},
              {"ingress", list(std::move(rules))},
              {"name", text("sg-" + std::to_string(number))},
              {"revoke_rules_on_delete", scalar("false")},
              {"tags", tags(dice, number)},
              {"tags_all", tags(dice, number)},
              {"timeouts", scalar("null")}});
}

Node bucket(Dice& dice, std::uint32_t number) {
  return map({{"bucket", text("logs-" + std::to_string(number) + "-" + dice.hex(8))},
              {"force_destroy", scalar("false")},
              {"object_lock_enabled", scalar("false")},
              {"tags", tags(dice, number)},
              {"tags_all", tags(dice, number)},
              {"timeouts", scalar("null")}});
}

Node unknown() {
  return map({{"arn", scalar("true")},
              {"availability_zone", scalar("true")},
              {"id", scalar("true")},
              {"ipv6_addresses", scalar("true")},
              {"tags", map({})},
              {"tags_all", map({})}});
}

std::string padded(std::uint32_t number) {
  std::string digits = std::to_string(number);
  return std::string(6 - digits.size(), '0') + digits;
}

/// One entry of `resource_changes`; every kind by turns, addresses in order.
std::pair<std::string, Node> change(Dice& dice, std::uint32_t number, std::uint32_t count) {
  const std::uint32_t third = number * 3 / count;
  const std::string type = third == 0   ? "aws_instance"
                           : third == 1 ? "aws_s3_bucket"
                                        : "aws_security_group";
  const std::string name = "n" + padded(number);
  Node after = third == 0   ? instance(dice, number)
               : third == 1 ? bucket(dice, number)
                            : group(dice, number);
  const std::string address = type + "." + name;
  return {address, map({{"address", text(address)},
                        {"change", map({{"actions", list({text("create")})},
                                        {"after", std::move(after)},
                                        {"after_unknown", unknown()},
                                        {"before", scalar("null")}})},
                        {"deposed", text("")},
                        {"index", scalar("null")},
                        {"mode", text("managed")},
                        {"module_address", text("")},
                        {"name", text(name)},
                        {"provider_name", text("registry.terraform.io/hashicorp/aws")},
                        {"type", text(type)}})};
}

void plan(std::uint32_t count, const std::filesystem::path& folder) {
  Dice dice;
  std::string mock = "terraform_version = \"1.9.4\"\n\nvariables = {}\n\nresource_changes = {\n";
  std::string json = R"({"terraform_version":"1.9.4","variables":{},"resource_changes":{)";
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto [address, node] = change(dice, i, count);
    mock += "\t\"" + address + "\": ";
    write_mock(mock, node, 1);
    mock += ",\n";
    json += (i == 0 ? "\"" : ",\"") + address + "\":";
    write_json(json, node);
  }
  mock += "}\n\noutput_changes = {}\n";
  json += "},\"output_changes\":{}}\n";
  const std::string stem = "plan-" + std::to_string(count);
  std::ofstream(folder / (stem + ".sentinel"), std::ios::binary) << mock;
  std::ofstream(folder / (stem + ".json"), std::ios::binary) << json;
}

/// A resource of values or of a state.
Node resource(const Node& change, const Node& values) {
  std::vector<std::pair<std::string, Node>> out;
  for (const auto& [key, child] : change.children) {
    for (const std::string_view wanted : {"address", "mode", "name", "provider_name", "type"})
      if (key == wanted) out.emplace_back(key, child);
  }
  out.emplace_back("schema_version", scalar("1"));
  out.emplace_back("values", values);
  out.emplace_back("sensitive_values", map({{"tags", map({})}, {"tags_all", map({})}}));
  return map(std::move(out));
}

/// Its block in the configuration: half of the attributes come from elsewhere.
Node declared(const Node& change, const Node& values) {
  Node out;
  for (const auto& [key, child] : change.children) {
    for (const std::string_view wanted : {"address", "mode", "name", "type"})
      if (key == wanted) out.children.emplace_back(key, child);
  }
  out.children.emplace_back("provider_config_key", text("aws"));
  Node expressions;
  for (const auto& [key, child] : values.children) {
    if (!child.children.empty() || child.scalar == "null") continue;
    expressions.children.emplace_back(
        key, expressions.children.size() % 2 == 0
                 ? map({{"constant_value", child}})
                 : map({{"references", list({text("var." + key), text("local." + key)})}}));
  }
  out.children.emplace_back("expressions", std::move(expressions));
  out.children.emplace_back("schema_version", scalar("1"));
  return out;
}

void terraform(std::uint32_t count, const std::filesystem::path& folder) {
  Dice dice;
  std::string planned, changes, prior, configuration;
  for (std::uint32_t i = 0; i < count; ++i) {
    Node node = change(dice, i, count).second;
    for (auto& [key, of] : node.children) {
      if (key != "change") continue;
      const Node after = of.children[1].second;
      if (i % 2 == 1) {
        Node before = after;
        before.children.emplace_back("id", text("i-" + dice.hex(17)));
        before.children.emplace_back("arn", text("arn:aws:ec2:eu-central-1:1:x/" + dice.hex(17)));
        of.children[0].second = list({text("update")});
        of.children[3].second = before;
        write_json(prior += prior.empty() ? "" : ",", resource(node, before));
      }
      of.children.emplace_back("before_sensitive", i % 2 == 1 ? map({}) : scalar("false"));
      of.children.emplace_back("after_sensitive", map({{"tags", map({})}, {"tags_all", map({})}}));
      write_json(planned += planned.empty() ? "" : ",", resource(node, after));
      write_json(configuration += configuration.empty() ? "" : ",", declared(node, after));
      break;
    }
    std::erase_if(node.children, [](const auto& child) {
      return child.first == "deposed" || child.first == "index" || child.first == "module_address";
    });
    write_json(changes += changes.empty() ? "" : ",", node);
  }
  std::ofstream(folder / ("terraform-" + std::to_string(count) + ".json"), std::ios::binary)
      << R"({"format_version":"1.2","terraform_version":"1.9.4",)"
      << R"("planned_values":{"root_module":{"resources":[)" << planned
      << R"(]}},"resource_changes":[)" << changes
      << R"(],"prior_state":{"format_version":"1.0","terraform_version":"1.9.4",)"
      << R"("values":{"root_module":{"resources":[)" << prior
      << R"(]}}},"configuration":{"provider_config":{"aws":{"name":"aws","full_name":)"
      << R"("registry.terraform.io/hashicorp/aws"}},"root_module":{"resources":[)" << configuration
      << R"(]}},"timestamp":"2026-11-24T10:00:00Z","applyable":true,"complete":true,)"
      << R"("errored":false})" << '\n';
}

/// Policies of the usual kind, four cases each: two mocks that pass, two that fail.
void library(const std::filesystem::path& folder) {
  Dice dice;
  for (int number = 0; number < 250; ++number) {
    const std::string name = "require-tags-" + std::to_string(number);
    const std::filesystem::path cases = folder / "test" / name;
    std::filesystem::create_directories(cases);
    std::ofstream(folder / (name + ".sentinel"))
        << "# Every changed instance has an owner, a cost centre and an allowed type.\n"
           "import \"tfplan/v2\" as tfplan\nimport \"strings\"\n\n"
           "param allowed default [\"t3.micro\", \"t3.small\", \"m5.large\", \"m5.xlarge\"]\n\n"
           "instances = filter tfplan.resource_changes as _, rc {\n"
           "\trc.mode is \"managed\" and rc.type is \"aws_instance\" and\n"
           "\t\t(rc.change.actions contains \"create\" or rc.change.actions is [\"update\"])\n}\n\n"
           "violations = func(rc) {\n\tfound = []\n\tfor [\"Owner\", \"CostCenter\"] as tag {\n"
           "\t\tif rc.change.after.tags[tag] else \"\" is \"\" {\n"
           "\t\t\tappend(found, rc.address + \" lacks \" + tag)\n\t\t}\n\t}\n\treturn found\n}\n\n"
           "tagged = rule {\n\tall instances as _, rc {\n\t\tlength(violations(rc)) is "
           "0\n\t}\n}\n\n"
           "typed = rule {\n\tall instances as _, rc {\n"
           "\t\trc.change.after.instance_type in allowed\n\t}\n}\n\n"
           "named = rule {\n\tall instances as _, rc {\n"
           "\t\tstrings.has_prefix(rc.change.after.tags.Name, \"node-\")\n\t}\n}\n\n"
           "main = rule { tagged and typed and named }\n";
    for (int at = 0; at < 4; ++at) {
      const bool good = at < 2;
      std::string mock = "terraform_version = \"1.9.4\"\n\nresource_changes = {\n";
      for (std::uint32_t i = 0; i < 2; ++i) {
        auto [address, node] = change(dice, i, 6);
        if (!good && i == 1) {
          for (auto& [key, child] : node.children[1].second.children[1].second.children)
            if (key == "instance_type") child = text("x1e.32xlarge");
        }
        mock += "\t\"" + address + "\": ";
        write_mock(mock, node, 1);
        mock += ",\n";
      }
      mock += "}\n";
      const std::string stem = (good ? "pass-" : "fail-") + std::to_string(at);
      std::ofstream(cases / ("mock-" + stem + ".sentinel")) << mock;
      std::ofstream(cases / (stem + ".hcl"))
          << "mock \"tfplan/v2\" {\n  module {\n    source = \"mock-" << stem
          << ".sentinel\"\n  }\n}\n\ntest {\n  rules = {\n    main = " << (good ? "true" : "false")
          << "\n  }\n}\n";
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() == 3 && words[0] == "plan") {
    plan(static_cast<std::uint32_t>(std::stoul(words[1])), words[2]);
    return 0;
  }
  if (words.size() == 3 && words[0] == "terraform") {
    terraform(static_cast<std::uint32_t>(std::stoul(words[1])), words[2]);
    return 0;
  }
  if (words.size() == 2 && words[0] == "library") {
    library(words[1]);
    return 0;
  }
  std::cerr << "usage: bench_generate plan|terraform COUNT FOLDER | library FOLDER\n";
  return 2;
}
