function add(a, b) {
  return a + b;
}
function run() {
  let sum = 0;
  for (let i = 0; i < 1000000; i++) sum = add(sum, i);
  return sum;
}
if (run() !== 499999500000) process.exit(1);
