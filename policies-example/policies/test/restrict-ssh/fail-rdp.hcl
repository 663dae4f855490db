import "module" "tfplan-functions" {
  source = "../../../common/tfplan-functions.sentinel"
}

mock "tfplan/v2" {
  module {
    source = "../../testdata/mock-tfplan-open-rdp.sentinel"
  }
}

test {
  rules = {
    main               = false
    no_open_admin_port = false
  }
}
