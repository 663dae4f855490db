local function count(n)
  local sum = 0
  for i = 0, n - 1 do
    for j = 0, n - 1 do
      sum = sum + i * j % 7
    end
  end
  return sum
end
assert(count(1000) == 2570569)
