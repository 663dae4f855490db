// Every key of the manifest. A new key is a row here, a field in manifest.h and a few lines in
// read.cpp; check, messages and schema follow.
#include "harness/manifest/shape.h"

namespace harness {
namespace {

using Kind = Shape::Kind;
using std::string_view;

constexpr Shape kAny{.kind = Kind::Any, .what = "any value"};
constexpr Shape kBool{.kind = Kind::Bool, .what = "true or false"};
constexpr Shape kText{.kind = Kind::Text, .what = "text"};
constexpr Shape kAnyText{.kind = Kind::Text, .what = "text", .empty = true};
constexpr Shape kPath{.kind = Kind::Text, .what = "a path"};
constexpr Shape kGlob{.kind = Kind::Text, .what = "a path or glob"};
constexpr Shape kRegexp{.kind = Kind::Text, .what = "a regular expression"};
constexpr Shape kDuration{.kind = Kind::Text,
                          .what = "a duration such as `30d`, `12h` or `1w`",
                          .pattern = "^([0-9]{1,6}[wdhms])+$"};

// An import's name: `tfplan/v2`, `time`, `company/data`.
constexpr string_view kImportPattern = "^[A-Za-z0-9_][A-Za-z0-9_./-]*$";
constexpr string_view kNamePattern = "^[A-Za-z_][A-Za-z0-9_]*$";
constexpr string_view kMockPattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$";

constexpr Shape kImportName{
    .kind = Kind::Text, .what = "an import's name", .pattern = kImportPattern};
constexpr Shape kMockName{.kind = Kind::Text, .what = "a mock's name", .pattern = kMockPattern};

constexpr Shape kTexts{.kind = Kind::List, .what = "a list of texts", .item = &kText};
constexpr Shape kImportNames{.kind = Kind::List, .what = "a list of imports", .item = &kImportName};
constexpr Shape kGlobs{.kind = Kind::List, .what = "a list of globs", .item = &kText};
constexpr Shape kRegexps{
    .kind = Kind::List, .what = "a list of regular expressions", .item = &kRegexp};
constexpr Shape kTags{.kind = Kind::List, .what = "a list of tags", .empty = true, .item = &kText};

// terraform:

constexpr Shape kHostname{.kind = Kind::Text,
                          .what = "a host name such as `app.terraform.io`",
                          .pattern = "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$"};
constexpr Shape kAddress{
    .kind = Kind::Text,
    .what = "`https://HOST`, or `http://` with a loopback host",
    .pattern =
        "^(https://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?"
        "|https?://\\[[0-9A-Fa-f:]+\\](:[0-9]{1,5})?"
        "|http://(localhost|127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3})(:[0-9]{1,5})?)/?$"};
constexpr Key kTerraformKeys[] = {
    {"hostname", &kHostname, "host of HCP Terraform or Terraform Enterprise"},
    {"address", &kAddress, "the same with its scheme; plain http on loopback only"},
    {"organization", &kText, "organization of the workspaces that mocks name"},
};
constexpr string_view kHostnameOrAddress[] = {"hostname", "address"};
constexpr Shape kTerraform{.kind = Kind::Object,
                           .what = "`terraform`",
                           .definition = "terraform",
                           .keys = kTerraformKeys,
                           .not_both = kHostnameOrAddress};

// sentinel:

constexpr string_view kRuntimes[] = {"auto", "cli", "builtin", "both"};
constexpr Shape kRuntime{.kind = Kind::Word, .what = "a runtime", .words = kRuntimes};
constexpr Shape kConstraint{.kind = Kind::Text,
                            .what = "a version constraint such as `>= 0.26`",
                            .pattern =
                                "^ *(>=|<=|!=|~>|>|<|=)? *[0-9]{1,6}(\\.[0-9]{1,6}){0,2}"
                                "( *, *(>=|<=|!=|~>|>|<|=)? *[0-9]{1,6}(\\.[0-9]{1,6}){0,2})* *$"};
constexpr Key kSentinelKeys[] = {
    {"runtime", &kRuntime, "who evaluates policies; --runtime wins"},
    {"version", &kConstraint, "versions of HashiCorp's `sentinel` that will do"},
};
constexpr Shape kSentinel{
    .kind = Kind::Object, .what = "`sentinel`", .definition = "sentinel", .keys = kSentinelKeys};

// What defaults, a policy and a case may all say.

constexpr Shape kModules{.kind = Kind::Map,
                         .what = "a map of modules",
                         .definition = "modules",
                         .pattern = kImportPattern,
                         .empty = true,
                         .item = &kPath};
constexpr Shape kStatics{.kind = Kind::Map,
                         .what = "a map of JSON files",
                         .definition = "static",
                         .pattern = kImportPattern,
                         .empty = true,
                         .item = &kPath};
constexpr Shape kValues{.kind = Kind::Map,
                        .what = "a map of values",
                        .definition = "values",
                        .pattern = kNamePattern,
                        .empty = true,
                        .item = &kAny};
constexpr Shape kData{.kind = Kind::Map, .what = "data", .empty = true, .item = &kAny};
constexpr const Shape* kPathOrDataShapes[] = {&kPath, &kData};
constexpr Shape kPathOrData{
    .kind = Kind::Either, .what = "a path or a map", .shapes = kPathOrDataShapes};
constexpr Shape kExtraMocks{.kind = Kind::Map,
                            .what = "a map of imports",
                            .definition = "extra-mocks",
                            .pattern = kImportPattern,
                            .empty = true,
                            .item = &kPathOrData};
constexpr Shape kMockNames{
    .kind = Kind::List, .what = "a list of mocks", .empty = true, .item = &kMockName};
constexpr const Shape* kMocksOfCaseShapes[] = {&kMockName, &kMockNames};
constexpr Shape kMocksOfCase{.kind = Kind::Either,
                             .what = "a mock's name or a list of them",
                             .definition = "mocks-of-case",
                             .shapes = kMocksOfCaseShapes};

// expect:

constexpr string_view kResults[] = {"pass", "fail", "undefined", "error"};
constexpr Shape kResult{.kind = Kind::Word, .what = "a result", .words = kResults};
constexpr Shape kRules{
    .kind = Kind::Map, .what = "a map of rules", .pattern = kNamePattern, .item = &kAny};
constexpr const Shape* kTextOrTextsShapes[] = {&kText, &kTexts};
constexpr Shape kTextOrTexts{
    .kind = Kind::Either, .what = "text or a list of texts", .shapes = kTextOrTextsShapes};
constexpr const Shape* kRegexpOrRegexpsShapes[] = {&kRegexp, &kRegexps};
constexpr Shape kRegexpOrRegexps{.kind = Kind::Either,
                                 .what = "a regular expression or a list of them",
                                 .shapes = kRegexpOrRegexpsShapes};
constexpr Key kPrintsKeys[] = {
    {"contains", &kTextOrTexts, "each of these stands somewhere in what was printed"},
    {"not-contains", &kTextOrTexts, "none of these does"},
    {"matches", &kRegexpOrRegexps, "each of these (RE2) matches somewhere"},
    {"equals", &kAnyText, "this is all that was printed"},
};
constexpr Shape kPrints{.kind = Kind::Object,
                        .what = "`prints`",
                        .definition = "prints",
                        .keys = kPrintsKeys,
                        .at_least_one = true};
constexpr Key kErrorKeys[] = {
    {"contains", &kTextOrTexts, "each of these stands somewhere in the error's message"},
    {"matches", &kRegexpOrRegexps, "each of these (RE2) matches somewhere"},
    {"equals", &kAnyText, "this is the whole message"},
};
constexpr Shape kError{.kind = Kind::Object,
                       .what = "`error`",
                       .definition = "error",
                       .keys = kErrorKeys,
                       .at_least_one = true};
constexpr Key kExpectKeys[] = {
    {"result", &kResult, "the policy's result"},
    {"rules", &kRules, "values of rules by name"},
    {"prints", &kPrints, "what print() wrote"},
    {"error", &kError, "the policy ends in an error with such a message"},
};
constexpr Shape kExpectMap{.kind = Kind::Object,
                           .what = "`expect`",
                           .definition = "expectation",
                           .keys = kExpectKeys,
                           .at_least_one = true};
constexpr const Shape* kExpectShapes[] = {&kResult, &kExpectMap};
constexpr Shape kExpect{.kind = Kind::Either,
                        .what = "`pass`, `fail`, `undefined`, `error` or a map",
                        .definition = "expect",
                        .shapes = kExpectShapes};

constexpr Key kMocksKey{"mocks", &kMocksOfCase, "the mocks that supply imports"};
constexpr Key kExtraMocksKey{"extra-mocks", &kExtraMocks,
                             "imports from a file or as data; beat mocks and standard imports"};
constexpr Key kParamsKey{"params", &kValues, "parameters by name"};
constexpr Key kGlobalsKey{"globals", &kValues, "global variables by name"};
constexpr Key kModulesKey{"modules", &kModules, "modules: import name and file"};
constexpr Key kStaticKey{"static", &kStatics, "static imports: import name and JSON file"};
constexpr Key kTagsKey{"tags", &kTags, "for --tag; those of defaults, policy and case add up"};
constexpr Shape kReason{.kind = Kind::Text,
                        .what = "the reason as text",
                        .advice = "say why it is not run; a case that should run has no `skip`"};
constexpr Key kSkipKey{"skip", &kReason, "why this is not run"};
constexpr Key kExpectKey{"expect", &kExpect, "what must come out; `pass` where nothing is said"};

constexpr Key kDefaultsKeys[] = {
    kMocksKey,  kExtraMocksKey, kParamsKey, kGlobalsKey, kModulesKey,
    kStaticKey, kTagsKey,       kSkipKey,   kExpectKey,
};
constexpr Shape kDefaults{
    .kind = Kind::Object, .what = "`defaults`", .definition = "defaults", .keys = kDefaultsKeys};

// mocks:

constexpr string_view kSelects[] = {"latest-planned", "latest-applied"};
constexpr Shape kSelect{.kind = Kind::Word, .what = "a selection", .words = kSelects};
constexpr Shape kWorkspace{.kind = Kind::Text,
                           .what = "a workspace, as NAME or ORGANIZATION/NAME",
                           .pattern = "^([A-Za-z0-9_-]+/)?[A-Za-z0-9_-]+$"};
constexpr Shape kRunId{
    .kind = Kind::Text, .what = "a run's id (`run-…`)", .pattern = "^run-[A-Za-z0-9]+$"};
constexpr Shape kPlanId{
    .kind = Kind::Text, .what = "a plan's id (`plan-…`)", .pattern = "^plan-[A-Za-z0-9]+$"};
constexpr Shape kRunUrl{.kind = Kind::Text,
                        .what = "the address of a run's page (`https://…/runs/run-…`)",
                        .pattern = "^https?://[^/ ]+/(.*/)?runs/run-[A-Za-z0-9]+/?([?#].*)?$"};
constexpr Key kOfWorkspaceKeys[] = {
    {"workspace", &kWorkspace, "the newest finished run of this workspace", true},
    {"select", &kSelect, "which of its runs"},
    {"plan-only", &kBool, "speculative runs count too"},
};
constexpr Key kOfRunKeys[] = {{"run", &kRunId, "a run", true}};
constexpr Key kOfPlanKeys[] = {{"plan", &kPlanId, "a plan", true}};
constexpr Key kOfUrlKeys[] = {{"url", &kRunUrl, "a run by the address of its page", true}};
constexpr Shape kOfWorkspace{
    .kind = Kind::Object, .what = "a plan export", .keys = kOfWorkspaceKeys};
constexpr Shape kOfRun{.kind = Kind::Object, .what = "a plan export", .keys = kOfRunKeys};
constexpr Shape kOfPlan{.kind = Kind::Object, .what = "a plan export", .keys = kOfPlanKeys};
constexpr Shape kOfUrl{.kind = Kind::Object, .what = "a plan export", .keys = kOfUrlKeys};
constexpr Option kPlanExportOptions[] = {
    {"workspace", &kOfWorkspace}, {"run", &kOfRun}, {"plan", &kOfPlan}, {"url", &kOfUrl}};
constexpr Shape kPlanExport{.kind = Kind::Choice,
                            .what = "a plan export",
                            .definition = "plan-export",
                            .options = kPlanExportOptions};

constexpr Key kKeepKeys[] = {
    {"imports", &kImportNames, "imports to keep"},
    {"resources", &kGlobs, "addresses of resources to keep, as globs"},
};
constexpr Shape kKeepMap{.kind = Kind::Object,
                         .what = "`keep`",
                         .definition = "keep-map",
                         .keys = kKeepKeys,
                         .at_least_one = true};
constexpr string_view kAutos[] = {"auto"};
constexpr Shape kAuto{.kind = Kind::Word, .what = "`auto`", .words = kAutos};
constexpr const Shape* kKeepShapes[] = {&kAuto, &kKeepMap};
constexpr Shape kKeep{.kind = Kind::Either, .what = "`auto` or a map", .shapes = kKeepShapes};
constexpr Key kRedactKeys[] = {
    {"attributes", &kTexts, "names of attributes"},
    {"patterns", &kRegexps, "regular expressions (RE2) over values"},
};
constexpr Shape kRedact{.kind = Kind::Object,
                        .what = "`redact`",
                        .definition = "redact",
                        .keys = kRedactKeys,
                        .at_least_one = true};
constexpr Shape kMockImports{.kind = Kind::Map,
                             .what = "a map of imports",
                             .definition = "mock-imports",
                             .pattern = kImportPattern,
                             .item = &kPath};

constexpr Shape kPatchPath{.kind = Kind::Text, .what = "a path"};
constexpr Shape kTrue{.kind = Kind::True, .what = "`true`"};
constexpr const Shape* kPathOrTrueShapes[] = {&kPatchPath, &kTrue};
constexpr Shape kPathOrTrue{
    .kind = Kind::Either, .what = "a path or `true`", .shapes = kPathOrTrueShapes};
constexpr Key kPatchImportKey{"import", &kImportName, "the import to edit", true};
constexpr Key kPatchResourceKey{"resource", &kText,
                                "an address or glob: paths then start in its attributes"};
constexpr Key kPatchValueKey{"value", &kAny, "the new value", true};
constexpr Key kSetKeys[] = {
    kPatchImportKey,
    kPatchResourceKey,
    {"set", &kPatchPath, "the path to give a value", true},
    kPatchValueKey,
};
constexpr Key kAppendKeys[] = {
    kPatchImportKey,
    kPatchResourceKey,
    {"append", &kPatchPath, "the path of the list to append to", true},
    kPatchValueKey,
};
constexpr Key kRemoveKeys[] = {
    kPatchImportKey,
    kPatchResourceKey,
    {"remove", &kPathOrTrue, "the path to remove; `true`: the resource", true},
};
constexpr Shape kSet{.kind = Kind::Object, .what = "an edit", .keys = kSetKeys};
constexpr Shape kAppend{.kind = Kind::Object, .what = "an edit", .keys = kAppendKeys};
constexpr Shape kRemove{.kind = Kind::Object,
                        .what = "an edit",
                        .keys = kRemoveKeys,
                        .true_key = "remove",
                        .needed_if_true = "resource"};
constexpr Option kPatchOptions[] = {{"set", &kSet}, {"append", &kAppend}, {"remove", &kRemove}};
constexpr Shape kPatch{
    .kind = Kind::Choice, .what = "an edit", .definition = "edit", .options = kPatchOptions};
constexpr Shape kPatches{.kind = Kind::List, .what = "a list of edits", .item = &kPatch};

constexpr Shape kCommand{.kind = Kind::List, .what = "a program and its arguments", .item = &kText};

constexpr Key kKeepKey{"keep", &kKeep, "trim to these; `auto`: what the policies import"};
constexpr Key kRedactKey{"redact", &kRedact, "hide these besides what the plan marks sensitive"};
constexpr Key kMaxAgeKey{"max-age", &kDuration, "older than this, `run` warns"};
constexpr Key kImportsKey{"imports", &kMockImports, "imports from further files of the mock"};
constexpr Key kAllowSecretsKey{"allow-secrets", &kTexts,
                               "ADDRESS.ATTRIBUTE that only looks like a secret"};

constexpr Key kPlanExportMockKeys[] = {
    {"plan-export", &kPlanExport, "a plan of HCP Terraform or Terraform Enterprise", true},
    kKeepKey,
    kRedactKey,
    kMaxAgeKey,
    kImportsKey,
    kAllowSecretsKey,
};
constexpr Key kArchiveMockKeys[] = {
    {"archive", &kPath, "a downloaded bundle, .tar.gz or .zip", true},
    kKeepKey,
    kRedactKey,
    kImportsKey,
};
constexpr Key kDirectoryMockKeys[] = {
    {"directory", &kPath, "a folder of mock files", true},
    kImportsKey,
};
constexpr Key kPlanJsonMockKeys[] = {
    {"plan-json", &kPath, "the output of `terraform show -json`", true},
    kKeepKey,
    kRedactKey,
};
constexpr Key kExecMockKeys[] = {
    {"exec", &kCommand, "a program that fills the folder given as its last argument", true},
    kKeepKey,
    kRedactKey,
    kMaxAgeKey,
    kImportsKey,
    kAllowSecretsKey,
};
constexpr Key kExtendsMockKeys[] = {
    {"extends", &kMockName, "the mock to start from", true},
    {"patch", &kPatches, "edits, in order"},
    kImportsKey,
};
constexpr Shape kPlanExportMock{
    .kind = Kind::Object, .what = "a `plan-export` mock", .keys = kPlanExportMockKeys};
constexpr Shape kArchiveMock{
    .kind = Kind::Object, .what = "an `archive` mock", .keys = kArchiveMockKeys};
constexpr Shape kDirectoryMock{
    .kind = Kind::Object, .what = "a `directory` mock", .keys = kDirectoryMockKeys};
constexpr Shape kPlanJsonMock{
    .kind = Kind::Object, .what = "a `plan-json` mock", .keys = kPlanJsonMockKeys};
constexpr Shape kExecMock{.kind = Kind::Object, .what = "an `exec` mock", .keys = kExecMockKeys};
constexpr Shape kExtendsMock{
    .kind = Kind::Object, .what = "an `extends` mock", .keys = kExtendsMockKeys};
constexpr Option kMockOptions[] = {
    {"plan-export", &kPlanExportMock}, {"archive", &kArchiveMock}, {"directory", &kDirectoryMock},
    {"plan-json", &kPlanJsonMock},     {"exec", &kExecMock},       {"extends", &kExtendsMock},
};
constexpr Shape kMock{
    .kind = Kind::Choice, .what = "a mock", .definition = "mock", .options = kMockOptions};
constexpr Shape kMocks{.kind = Kind::Map,
                       .what = "a map of mocks",
                       .pattern = kMockPattern,
                       .empty = true,
                       .item = &kMock};

// tests:

constexpr Shape kRow{
    .kind = Kind::Map, .what = "a row: a map of values", .pattern = kNamePattern, .item = &kAny};
constexpr Shape kRows{.kind = Kind::List, .what = "a list of rows", .item = &kRow};
constexpr Shape kCaseName{
    .kind = Kind::Text, .what = "a case's name, one line", .pattern = "^[^\\n\\r\\t]+$"};
constexpr Key kCaseKeys[] = {
    {"name", &kCaseName, "says what holds", true},
    {"each", &kRows, "one case a row; `${x}` stands for the row's x"},
    kMocksKey,
    kExtraMocksKey,
    kParamsKey,
    kGlobalsKey,
    kModulesKey,
    kStaticKey,
    kTagsKey,
    kSkipKey,
    kExpectKey,
};
constexpr Shape kCase{
    .kind = Kind::Object, .what = "a case", .definition = "case", .keys = kCaseKeys};
constexpr Shape kCases{.kind = Kind::List, .what = "a list of cases", .item = &kCase};
constexpr Key kPolicyTestsKeys[] = {
    {"policy", &kPath, "the policy's file", true},
    {"cases", &kCases, "its cases", true},
    kMocksKey,
    kExtraMocksKey,
    kParamsKey,
    kGlobalsKey,
    kModulesKey,
    kStaticKey,
    kTagsKey,
    kSkipKey,
    kExpectKey,
};
constexpr Key kNativeTestsKeys[] = {
    {"sentinel-tests", &kPath, "a folder whose own test/<policy>/ cases are run", true},
    kTagsKey,
    {"exclude", &kGlobs, "globs over paths below that folder"},
};
constexpr Key kIncludeKeys[] = {
    {"include", &kGlob, "further files that hold `tests`", true},
};
constexpr Shape kPolicyTests{.kind = Kind::Object, .what = "a test", .keys = kPolicyTestsKeys};
constexpr Shape kNativeTests{
    .kind = Kind::Object, .what = "a `sentinel-tests` entry", .keys = kNativeTestsKeys};
constexpr Shape kInclude{.kind = Kind::Object, .what = "an `include` entry", .keys = kIncludeKeys};
constexpr Option kTestOptions[] = {
    {"policy", &kPolicyTests}, {"sentinel-tests", &kNativeTests}, {"include", &kInclude}};
constexpr Shape kTest{
    .kind = Kind::Choice, .what = "a test", .definition = "test", .options = kTestOptions};
constexpr Shape kTests{
    .kind = Kind::List, .what = "a list of tests", .empty = true, .item = &kTest};

constexpr Shape kOne{.kind = Kind::One, .what = "the number 1"};
constexpr Key kManifestKeys[] = {
    {"version", &kOne, "of this format: 1", true},
    {"terraform", &kTerraform, "where plan exports come from"},
    {"sentinel", &kSentinel, "what evaluates policies"},
    {"fixtures", &kPath, "one folder a mock, meant to be committed; `fixtures`"},
    {"defaults", &kDefaults, "for every case; a policy or case overrides"},
    {"mocks", &kMocks, "mocks by name"},
    {"tests", &kTests, "policies and their cases"},
};
constexpr Key kIncludedKeys[] = {
    {"tests", &kTests, "policies and their cases", true},
};

}  // namespace

constinit const Shape kManifestShape{
    .kind = Kind::Object, .what = "the manifest", .keys = kManifestKeys};
constinit const Shape kIncludedShape{
    .kind = Kind::Object, .what = "an included file", .keys = kIncludedKeys};

}  // namespace harness
