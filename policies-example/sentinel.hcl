import "module" "tfplan-functions" {
  source = "./common/tfplan-functions.sentinel"
}

import "module" "report" {
  source = "./common/report.sentinel"
}

policy "restrict-ssh" {
  source            = "./policies/restrict-ssh.sentinel"
  enforcement_level = "hard-mandatory"
}

policy "require-tags" {
  source            = "./policies/require-tags.sentinel"
  enforcement_level = "soft-mandatory"
}

policy "allowed-instance-types" {
  source            = "./policies/allowed-instance-types.sentinel"
  enforcement_level = "soft-mandatory"
}

policy "protect-databases" {
  source            = "./policies/protect-databases.sentinel"
  enforcement_level = "hard-mandatory"
}

policy "pinned-modules" {
  source            = "./policies/pinned-modules.sentinel"
  enforcement_level = "advisory"
}

policy "limit-cost" {
  source            = "./policies/limit-cost.sentinel"
  enforcement_level = "soft-mandatory"
  params = {
    limit = 500
  }
}
