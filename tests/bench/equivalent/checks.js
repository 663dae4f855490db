// The four checks in JavaScript: node checks.js PLAN.json
const { readFileSync } = require('fs');
const plan = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const allowed = ['t3.micro', 't3.small', 'm5.large', 'm5.xlarge'];
const required = ['CostCenter', 'Environment', 'Name', 'Owner'];
const changed = Object.values(plan.resource_changes).filter(
  (rc) => rc.mode === 'managed' &&
    (rc.change.actions.includes('create') || rc.change.actions.includes('update')));
const tagged = changed.every((rc) => required.every((tag) => tag in rc.change.after.tags));
const typed = changed.every(
  (rc) => rc.type !== 'aws_instance' || allowed.includes(rc.change.after.instance_type));
const closed = changed.every(
  (rc) => rc.type !== 'aws_security_group' ||
    !rc.change.after.ingress.some((block) => block.cidr_blocks.some((cidr) => cidr === '0.0.0.0/0')));
const name = /^node-[0-9]+$/;
const named = changed.every((rc) => name.test(rc.change.after.tags.Name));
process.exit(tagged && typed && closed && named ? 0 : 1);
