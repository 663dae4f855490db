function run() {
  const entries = {};
  for (let i = 0; i < 200000; i++) entries['key' + i] = i;
  let sum = 0;
  for (let i = 0; i < 200000; i++) sum = sum + entries['key' + i];
  return sum;
}
if (run() !== 19999900000) process.exit(1);
