function count(n) {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) sum = sum + i * j % 7;
  }
  return sum;
}
if (count(1000) !== 2570569) process.exit(1);
