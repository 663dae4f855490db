// How fast JSON.parse reads a file, best of five: node parse.js FILE
const { readFileSync } = require('fs');
let best = 0;
for (let i = 0; i < 5; i++) {
  const start = process.hrtime.bigint();
  const text = readFileSync(process.argv[2], 'utf8');
  JSON.parse(text);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  best = Math.max(best, text.length / 1e6 / seconds);
}
console.log(best.toFixed(0) + ' MB/s');
