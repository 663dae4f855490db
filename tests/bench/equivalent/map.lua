local function run()
  local entries = {}
  for i = 0, 199999 do
    entries["key" .. tostring(i)] = i
  end
  local sum = 0
  for i = 0, 199999 do
    sum = sum + entries["key" .. tostring(i)]
  end
  return sum
end
assert(run() == 19999900000)
