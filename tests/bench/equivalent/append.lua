local function run()
  local items = {}
  for i = 0, 199999 do
    table.insert(items, tostring(i))
  end
  return #table.concat(items, ",")
end
assert(run() == 1288889)
