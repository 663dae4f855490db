// Where a token comes from, in Terraform's order, and that it goes to its own host alone.
#include "plugin/terraform_api/token.h"

#include <map>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "plugin/terraform_api/cli_config.h"
#include "plugin/terraform_api/origin.h"
#include "tests/emulator/testing.h"

namespace {

class Token : public testing::Test {
 protected:
  /// "TOKEN from SOURCE", "none", or the error.
  std::string find(const std::string& host, base::Environment environment = {}) {
    const bool is_address = host.find("://") != std::string::npos;
    const auto origin =
        is_address ? terraform_api::origin_of_address(host) : terraform_api::origin_of_host(host);
    environment.emplace("HOME", folder_.path().string());
    const auto system = emulator::test_system(std::make_shared<emulator::FakeClock>(), environment);
    const auto token = terraform_api::find_token(system, *origin, {});
    if (!token) return base::to_text(token.error());
    if (!token->has_value()) return "none";
    return std::string((*token)->value.reveal()) + " from " + (*token)->source;
  }

  emulator::TemporaryFolder folder_;
};

TEST_F(Token, OfAVariableInAnySpelling) {
  EXPECT_EQ(find("app.terraform.io", {{"TF_TOKEN_app_terraform_io", "t"}}),
            "t from `TF_TOKEN_app_terraform_io`");
  EXPECT_EQ(find("my-tfe.example.com", {{"TF_TOKEN_my__tfe_example_com", "t"}}),
            "t from `TF_TOKEN_my__tfe_example_com`");
  EXPECT_EQ(find("my-tfe.example.com", {{"TF_TOKEN_my-tfe.example.com", "t"}}),
            "t from `TF_TOKEN_my-tfe.example.com`");
  EXPECT_EQ(find("xn--caf-dma.fr", {{"TF_TOKEN_xn____caf__dma_fr", "t"}}),
            "t from `TF_TOKEN_xn____caf__dma_fr`");
  EXPECT_EQ(find("xn--caf-dma.fr", {{"TF_TOKEN_caf\xc3\xa9_fr", "t"}}),
            "t from `TF_TOKEN_caf\xc3\xa9_fr`");
  EXPECT_EQ(find("APP.terraform.io:443", {{"TF_TOKEN_App_Terraform_IO", "t"}}),
            "t from `TF_TOKEN_App_Terraform_IO`");
  EXPECT_EQ(find("app.terraform.io", {{"tf_token_app_terraform_io", "t"}}), "none");
  EXPECT_EQ(find("app.terraform.io:8443", {{"TF_TOKEN_app_terraform_io", "t"}}), "none");
  EXPECT_EQ(find("evil.com", {{"TF_TOKEN_app_terraform_io", "t"}}), "none");
  EXPECT_EQ(find("app.terraform.io", {{"TF_TOKEN_app_terraform_io", ""}}),
            " from `TF_TOKEN_app_terraform_io`");
}

TEST_F(Token, OfTheFilesInTerraformsOrder) {
  folder_.write(".terraformrc", R"(# mine
plugin_cache_dir = "/x"
disable_checkpoint = true
provider_installation {
  filesystem_mirror { path = "/y"
    include = ["a/b", "c/d"] }
  direct { exclude = ["a/*"] }
}
credentials "app.terraform.io" { token = "rc" }
credentials "old.example.com" {
  token = "old\"er" // with a quote
}
/* credentials "app.terraform.io" { token = "comment" } */
)");
  EXPECT_EQ(find("app.terraform.io"), "rc from `~/.terraformrc`");
  EXPECT_EQ(find("old.example.com"), "old\"er from `~/.terraformrc`");
  folder_.write(".terraform.d/credentials.tfrc.json",
                R"({"credentials": {"App.Terraform.io": {"token": "login"}}, "other": [1]})");
  EXPECT_EQ(find("app.terraform.io"), "login from `~/.terraform.d/credentials.tfrc.json`");
  folder_.write(".terraform.d/z.tfrc", "credentials \"app.terraform.io\" {\n token = \"z\"\n}\n");
  EXPECT_EQ(find("app.terraform.io"), "z from `~/.terraform.d/z.tfrc`");
  EXPECT_EQ(find("old.example.com"), "old\"er from `~/.terraformrc`");
  // One file named: the folder is not read at all.
  const std::string named =
      folder_.write("named", "credentials \"h.io\" { token = \"n\" }").string();
  EXPECT_EQ(find("app.terraform.io", {{"TF_CLI_CONFIG_FILE", named}}), "none");
  EXPECT_EQ(find("h.io", {{"TF_CLI_CONFIG_FILE", named}}), "n from `~/named`");
  EXPECT_EQ(find("app.terraform.io", {{"TF_CLI_CONFIG_FILE", "/nowhere"}, {"TFE_TOKEN", "t"}}),
            "t from `TFE_TOKEN`");
  // A variable comes first.
  EXPECT_EQ(find("app.terraform.io", {{"TF_TOKEN_app_terraform_io", "v"}}),
            "v from `TF_TOKEN_app_terraform_io`");
}

TEST_F(Token, OfABrokenFileIsAnErrorThatQuotesNothing) {
  folder_.write(".terraformrc", "\n\ncredentials \"app.terraform.io\" { token = \"secret }\n");
  EXPECT_EQ(find("app.terraform.io"),
            "~/.terraformrc:3: Terraform's CLI configuration cannot be read: expected a closing "
            "quote\n    correct the file, or name another in `TF_CLI_CONFIG_FILE`\n");
  folder_.write(".terraformrc", "");
  folder_.write(".terraform.d/credentials.tfrc.json", "{\"credentials\": secret");
  EXPECT_EQ(
      find("app.terraform.io"),
      "~/.terraform.d/credentials.tfrc.json: Terraform's CLI configuration cannot be read: it "
      "is no JSON object\n    run `terraform login` again\n");
}

TEST_F(Token, OfTheHelper) {
  folder_.write(".terraformrc", "credentials_helper \"test\" { args = [\"--x\", \"y\"] }\n");
  EXPECT_EQ(find("app.terraform.io"),
            "the credentials helper `test` gives no token for `app.terraform.io`: there is no "
            "program `terraform-credentials-test` in `~/.terraform.d/plugins`\n"
            "    install it there, or take the block out of Terraform's CLI configuration\n");
  const auto program = folder_.write(".terraform.d/plugins/terraform-credentials-test",
                                     "#!/bin/sh\n"
                                     "[ \"$4\" = fails.io ] && { echo no luck >&2; exit 1; }\n"
                                     "[ \"$4\" = none.io ] && { echo '{}'; exit 0; }\n"
                                     "echo '{\"token\": \"'$1-$2-$3-$4'\"}'\n");
  ::chmod(program.c_str(), 0755);
  EXPECT_EQ(find("app.terraform.io"),
            "--x-y-get-app.terraform.io from the credentials helper `test`");
  EXPECT_EQ(find("none.io"), "none");
  EXPECT_EQ(find("fails.io"),
            "the credentials helper `test` gives no token for `fails.io`: no luck\n");
  EXPECT_EQ(find("none.io", {{"TFE_TOKEN", "t"}, {"TFE_ADDRESS", "https://none.io"}}),
            "t from `TFE_TOKEN`");
}

TEST_F(Token, OfTfeTokenIsForItsAddressAlone) {
  EXPECT_EQ(find("app.terraform.io", {{"TFE_TOKEN", "t"}}), "t from `TFE_TOKEN`");
  EXPECT_EQ(find("tfe.example.com", {{"TFE_TOKEN", "t"}}), "none");
  const base::Environment other{{"TFE_TOKEN", "t"}, {"TFE_ADDRESS", "https://tfe.example.com"}};
  EXPECT_EQ(find("tfe.example.com", other), "t from `TFE_TOKEN`");
  EXPECT_EQ(find("app.terraform.io", other), "none");
  EXPECT_EQ(find("tfe.example.com:8443", other), "none");
  const base::Environment local{{"TFE_TOKEN", "t"}, {"TFE_ADDRESS", "http://127.0.0.1:8080"}};
  EXPECT_EQ(find("http://127.0.0.1:8080", local), "t from `TFE_TOKEN`");
  EXPECT_EQ(find("http://127.0.0.1:8081", local), "none");
  EXPECT_EQ(find("http://localhost:8080", local), "none");
}

TEST_F(Token, OfAHostIsNotForPlainHttpOnItsPort) {
  EXPECT_EQ(find("http://localhost:8080", {{"TF_TOKEN_localhost", "t"}}), "none");
  EXPECT_EQ(find("http://localhost", {{"TF_TOKEN_localhost", "t"}}), "none");
}

TEST_F(Token, ThatIsMissingSaysWhereItWasLookedFor) {
  const auto say = [](const char* host, const base::Environment& environment) {
    const auto system = emulator::test_system(std::make_shared<emulator::FakeClock>(), environment);
    return base::to_text(terraform_api::no_token(system, *terraform_api::origin_of_host(host)));
  };
  EXPECT_EQ(say("my-tfe.io", {}),
            "there is no token for `my-tfe.io`: looked at `TF_TOKEN_my__tfe_io`, Terraform's CLI "
            "configuration and `TFE_TOKEN`\n"
            "    run `terraform login my-tfe.io`, or set `TF_TOKEN_my__tfe_io`\n");
  EXPECT_EQ(say("evil.io", {{"TFE_TOKEN", "secret"}}),
            "there is no token for `evil.io`: looked at `TF_TOKEN_evil_io`, Terraform's CLI "
            "configuration and `TFE_TOKEN` (which is for `https://app.terraform.io` alone)\n"
            "    run `terraform login evil.io`, or set `TF_TOKEN_evil_io`\n");
}

TEST(CliConfig, IsReadWhateverElseItHolds) {
  const auto tokens = [](const std::string& text) {
    const auto config = terraform_api::parse_cli_config_hcl(text, "rc");
    if (!config) return base::to_text(config.error());
    std::string out;
    for (const auto& [host, token] : config->tokens)
      out += host + "=" + std::string(token.reveal()) + ";";
    return out;
  };
  EXPECT_EQ(tokens("credentials \"a\" { token = \"1\" }\ncredentials \"b\" { token = \"2\" }"),
            "a=1;b=2;");
  EXPECT_EQ(tokens("credentials { \"a\" { token = \"1\" } }"), "a=1;");
  EXPECT_EQ(tokens("credentials \"a\" { token = <<EOT\n1\nEOT\n }"), "a=1\n;");
  EXPECT_EQ(tokens("hosts = { \"a\" = [1, {b = 2}], }\ncredentials \"a\" { x = 1, token = \"1\" }"),
            "a=1;");
  EXPECT_EQ(tokens("host \"a\" { services = { \"x.v1\" = \"u\" } }"), "");
  EXPECT_EQ(tokens("{\"credentials\": {\"a\": {\"token\": \"1\"}}}"), "a=1;");
  EXPECT_EQ(tokens(""), "");
  EXPECT_EQ(tokens("x = [" + std::string(5000, '[')),
            "rc:1: Terraform's CLI configuration cannot be read: expected fewer nested values\n"
            "    correct the file, or name another in `TF_CLI_CONFIG_FILE`\n");
  EXPECT_EQ(tokens("credentials \"a\" {"),
            "rc:1: Terraform's CLI configuration cannot be read: expected `token`\n"
            "    correct the file, or name another in `TF_CLI_CONFIG_FILE`\n");
}

}  // namespace
