import "module" "tfplan-functions" {
  source = "../../../common/tfplan-functions.sentinel"
}

mock "tfplan/v2" {
  module {
    source = "../../testdata/mock-tfplan-empty.sentinel"
  }
}
