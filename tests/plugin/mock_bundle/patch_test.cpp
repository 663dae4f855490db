#include "plugin/mock_bundle/patch.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "plugin/base/file.h"
#include "plugin/mock_bundle/mock_file.h"
#include "plugin/mock_bundle/path.h"
#include "plugin/sentinel/value/operation.h"

namespace mock_bundle {
namespace {

constexpr std::string_view kPlan = R"(import "strings"

terraform_version = "1.9.8"

planned_values = {
	"outputs": {},
	"resources": {
		"aws_ami.base": {
			"mode": "data",
			"values": {
				"owner": "self",
			},
		},
		"aws_instance.web": {
			"values": {
				"ingress": [
					{
						"ports": [
							22,
						],
					},
				],
				"type": "t3.micro",
			},
		},
	},
}

resource_changes = {
	"aws_instance.web": {
		"change": {
			"actions": [
				"create",
			],
			"after": {
				"ingress": [
					{
						"ports": [
							22,
						],
					},
				],
				"type": "t3.micro",
			},
		},
		"mode": "managed",
	},
	"data.aws_ami.base": {
		"change": {
			"after": {
				"owner": "self",
			},
		},
		"mode": "data",
	},
}

shout = func(s) {
	return strings.to_upper(s)
}
)";

base::ConfigNode text(std::string value) {
  base::ConfigNode node;
  node.kind = base::ConfigNode::Kind::String;
  node.text = std::move(value);
  return node;
}

base::ConfigNode number(std::int64_t value) {
  base::ConfigNode node;
  node.kind = base::ConfigNode::Kind::Int;
  node.integer = value;
  return node;
}

class PatchTest : public testing::Test {
 protected:
  PatchTest() {
    std::string name = testing::TempDir() + "patch_test_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    EXPECT_TRUE(base::write_file(folder_ / "mock-tfplan-v2.sentinel", kPlan));
  }
  ~PatchTest() override { std::filesystem::remove_all(folder_); }

  /// The problems' text, or the patched file's.
  std::string patched(std::vector<Edit> edits) {
    std::vector<base::Diagnostic> problems;
    warnings_.clear();
    patch(folder_, "web", edits, problems, warnings_);
    std::string out;
    for (const base::Diagnostic& problem : problems)
      out += to_text(problem);
    if (!out.empty()) return out;
    return *base::read_file(folder_ / "mock-tfplan-v2.sentinel");
  }

  static Edit edit(std::string resource, Edit::Action action, std::string path,
                   base::ConfigNode value) {
    return {"tfplan/v2",     std::move(resource), action,
            std::move(path), std::move(value),    base::Location{"tests.yaml", 7, 9, 1, ""}};
  }

  base::Path folder_;
  std::vector<base::Diagnostic> warnings_;
};

std::string replaced(std::string text, std::string_view from, std::string_view to, int most = 9) {
  std::size_t at = 0;
  for (int i = 0; i < most && (at = text.find(from, at)) != std::string::npos; ++i) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

TEST_F(PatchTest, SetsByResourceInBothPlacesAndLeavesTheRestByteForByte) {
  EXPECT_EQ(patched({edit("aws_instance.web", Edit::Action::Set, "type", text("m6i.large"))}),
            replaced(std::string(kPlan), "t3.micro", "m6i.large"));
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(PatchTest, SetsThroughIndexesAndWildcards) {
  const std::string expected = replaced(std::string(kPlan), "22,", "3389,");
  EXPECT_EQ(
      patched({edit("aws_instance.*", Edit::Action::Set, "ingress[0].ports[-1]", number(3389))}),
      expected);
  EXPECT_EQ(
      patched({edit("aws_instance.?eb", Edit::Action::Set, "ingress[*].ports[*]", number(22))}),
      kPlan);
}

TEST_F(PatchTest, AppendsByPath) {
  EXPECT_EQ(
      patched({edit("", Edit::Action::Append,
                    R"(resource_changes["aws_instance.web"].change.actions)", text("delete"))}),
      replaced(std::string(kPlan), "\"create\",\n", "\"create\",\n\t\t\t\t\"delete\",\n"));
}

TEST_F(PatchTest, RemovesAResourceFromBothPlacesADataSourceToo) {
  const std::string out =
      patched({edit("data.aws_ami.base", Edit::Action::RemoveResource, "", base::ConfigNode())});
  EXPECT_EQ(out.find("aws_ami"), std::string::npos) << out;
  EXPECT_NE(out.find("aws_instance.web"), std::string::npos);
}

TEST_F(PatchTest, RemovesAnAttribute) {
  const std::string out =
      patched({edit("aws_instance.web", Edit::Action::Remove, "type", base::ConfigNode())});
  EXPECT_EQ(out.find("t3.micro"), std::string::npos) << out;
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(PatchTest, WarnsWhereTheTwoPlacesComeToDisagree) {
  patched({edit("", Edit::Action::Set, R"(resource_changes["aws_instance.web"].change.after.type)",
                text("m6i.large"))});
  ASSERT_EQ(warnings_.size(), 1U);
  EXPECT_EQ(
      to_text(warnings_[0]),
      "mock `web`: the patches make `resource_changes` and `planned_values` disagree on `type` of "
      "`aws_instance.web`\n"
      "    patch it with `resource: aws_instance.web`, which changes both\n");
}

TEST_F(PatchTest, NamesTheLongestPartOfAPathThatExists) {
  struct Case {
    const char* resource;
    Edit::Action action;
    const char* path;
    const char* message;
  };
  const Case kCases[] = {
      {"aws_instance.web", Edit::Action::Set, "ingress[3].ports",
       "tests.yaml:7:9: path `ingress[3].ports` does not exist in `aws_instance.web`: `ingress` "
       "exists, "
       "and it has 1 element, counted from 0\n"},
      {"aws_instance.web", Edit::Action::Set, "ingress[0].prots",
       "tests.yaml:7:9: path `ingress[0].prots` does not exist in `aws_instance.web`: `ingress[0]` "
       "exists, and it has no `prots`\n    did you mean `ports`?\n"},
      {"aws_instance.web", Edit::Action::Set, "tags.owner",
       "tests.yaml:7:9: path `tags.owner` does not exist in `aws_instance.web`: nothing of it "
       "exists, "
       "and it has no `tags`\n"},
      {"aws_instance.web", Edit::Action::Append, "type",
       "tests.yaml:7:9: path `type` cannot be appended to in `aws_instance.web`: it is string, and "
       "only "
       "a list can be appended to\n"},
      {"aws_instance.wbe", Edit::Action::Set, "type",
       "tests.yaml:7:9: no resource `aws_instance.wbe` in `resource_changes` of mock `web`\n"
       "    did you mean `aws_instance.web`?\n"},
      {"", Edit::Action::Set, "resource_change.x",
       "tests.yaml:7:9: path `resource_change.x` does not exist: import `tfplan/v2` has no "
       "`resource_change`\n    did you mean `resource_changes`?\n"},
      {"", Edit::Action::Set, "shout",
       "tests.yaml:7:9: `shout` cannot be patched: it is code, not data\n"},
      {"", Edit::Action::Set, "a[1",
       "tests.yaml:7:9: path `a[1` cannot be read: a `]` is missing at character 2\n"},
      {"", Edit::Action::Remove, "terraform_version",
       "tests.yaml:7:9: `terraform_version` cannot be removed: it is a name of the import, not an "
       "entry\n"
       "    remove entries of it, or set it to an empty value\n"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(patched({edit(c.resource, c.action, c.path, number(1))}), c.message);
    EXPECT_EQ(*base::read_file(folder_ / "mock-tfplan-v2.sentinel"), kPlan)
        << "a failed patch writes nothing";
  }
}

TEST_F(PatchTest, NamesAnImportThatTheBundleDoesNotSupply) {
  Edit wrong = edit("", Edit::Action::Set, "a", number(1));
  wrong.import = "tfplan/v3";
  EXPECT_EQ(
      patched({wrong}),
      "tests.yaml:7:9: mock `web` supplies no import `tfplan/v3`\n    did you mean `tfplan/v2`?\n");
}

TEST(Path, ReadsWhatItWrites) {
  for (const char* path :
       {"a", "a.b[0].c", "a[\"x.y\"].z[-1]", "a[*].b", "tags.cost-center", "a[\"x\\\"y\"]"}) {
    PathError error;
    const auto steps = parse_path(path, error);
    ASSERT_TRUE(steps) << path;
    EXPECT_EQ(path_text(*steps, steps->size()), path);
  }
}

TEST(MockFile, KeepsWhatIsNotChanged) {
  auto file = MockFile::parse("m.sentinel", "a = 1 // one\nb = [1]\nf = func() { return a }\n");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->find("a")->data);
  EXPECT_FALSE(file->find("f")->data);
  file->set("b", sentinel::Value::integer(2));
  EXPECT_EQ(file->text(), "a = 1 // one\nb = 2\nf = func() { return a }\n");
}

TEST(MockFile, HoldsDataBeforeAndBehindCode) {
  auto file = MockFile::parse(
      "m.sentinel",
      "import \"strings\"\na = 1\na = 2\nf = func() { return a }\nb = [1] // why\nc = b\n");
  ASSERT_TRUE(file);
  std::string names;
  for (const MockFile::Name& name : file->names())
    names += name.name + (name.data ? "=" + sentinel::to_text(name.value) : "") + " ";
  EXPECT_EQ(names, "a=1 a=2 f b=[1] c ");
  file->set("a", sentinel::Value::integer(3));
  file->set("b", sentinel::Value::integer(4));
  EXPECT_EQ(file->text(),
            "import \"strings\"\na = 1\na = 3\nf = func() { return a }\nb = 4 // why\nc = b\n");
}

TEST(MockFile, SaysWhereAFileDoesNotParse) {
  struct Case {
    const char* text;
    const char* error;
  };
  constexpr Case kCases[] = {
      {"a = [1,\n",
       "mock file `m.sentinel` does not parse\n"
       "  m.sentinel:1:8: found the end of the file, expected an expression\n"
       "       1 | a = [1,\n"
       "         |        ^\n"},
      {"a = 1\nb = 2\nc = [1,\n",
       "mock file `m.sentinel` does not parse\n"
       "  m.sentinel:3:8: found the end of the file, expected an expression\n"
       "       3 | c = [1,\n"
       "         |        ^\n"},
      {"a = 1\nimport \"strings\"\n",
       "mock file `m.sentinel` does not parse\n"
       "  m.sentinel:2:1: found an import behind other declarations\n"
       "       2 | import \"strings\"\n"
       "         | ^~~~~~ imports come first in a file\n"},
  };
  for (const Case& c : kCases) {
    const auto file = MockFile::parse("m.sentinel", c.text);
    ASSERT_FALSE(file) << c.text;
    EXPECT_EQ(base::to_text(file.error()), c.error);
  }
}

TEST(MockFile, IsWrittenInThePlaceOfALink) {
  const base::Path folder = testing::TempDir() + "mock_file";
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const char* text) {
    std::ofstream(folder / name) << text;
    return folder / name;
  };
  const base::Path outside = write("outside", "a = 1\n");
  std::filesystem::remove(folder / "link");
  std::filesystem::create_symlink(outside, folder / "link");
  auto file = MockFile::parse("link", "a = 1\n");
  ASSERT_TRUE(file);
  file->set("a", sentinel::Value::integer(2));
  ASSERT_TRUE(file->write(folder / "link"));
  EXPECT_EQ(*base::read_file(folder / "link"), "a = 2\n");
  EXPECT_EQ(*base::read_file(outside), "a = 1\n");
  const base::Status failed = file->write(folder / "no folder" / "link");
  ASSERT_FALSE(failed);
  EXPECT_EQ(base::to_text(failed.error()), "cannot write `" +
                                               (folder / "no folder" / "link").string() +
                                               "`: No such file or directory\n");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace mock_bundle
