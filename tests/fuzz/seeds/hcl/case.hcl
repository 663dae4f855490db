# a case
mock "tfplan/v2" {
  module {
    source = "../../mocks/mock.sentinel"
  }
}
mock "time" {
  data = { now = { "hour": 9, weekday = -1.5e1 }, list = [true, null, "\u00e9$${x}"] }
}
import "static" "s" {
  source = "s.json"
  format = "json"
}
param "text" {
  value = <<-EOT
    one
      two
    EOT
}
test {
  rules = {
    main = false
  }
}
