local function add(a, b)
  return a + b
end
local function run()
  local sum = 0
  for i = 0, 999999 do
    sum = add(sum, i)
  end
  return sum
end
assert(run() == 499999500000)
