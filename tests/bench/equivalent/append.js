function run() {
  const items = [];
  for (let i = 0; i < 200000; i++) items.push(String(i));
  return items.join(',').length;
}
if (run() !== 1288889) process.exit(1);
