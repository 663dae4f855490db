param "n" {
  value = -(1 + 2) * 3 / 4 % 5 - 0.1
}
param "b" {
  value = !false && 1 < 2 || "a" == "b" ? [[1, { a = 2 }][1].a] : [{ a = 1 }][*].a
}
global "l" {
  value = [for i, x in ["a", "b"] : { (x) = "${i}-${x}" } if x != "a"]
}
global "o" {
  value = { for k, v in { b = 1, a = 2 } : k => v... }
}
mock "m" {
  data = {
    text  = "%{ if true ~} a ${1 + 1} %{ else }$${b}%{ endif }%{ for x in [1] }${x}%{ endfor }"
    lines = <<-EOT
      %{ for x in [1, 2] ~}
      x${x}
      %{~ endfor }
    EOT
    first = [[1, 2]].*.0
    call  = true ? 1 : f(var.x, [1]...)
  }
}
test {
  rules = { main = (1 + 1 == 2) }
}
