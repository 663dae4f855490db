# The four checks in jq: jq -e -f checks.jq PLAN.json
["t3.micro", "t3.small", "m5.large", "m5.xlarge"] as $allowed
| ["CostCenter", "Environment", "Name", "Owner"] as $required
| [.resource_changes[] | select(.mode == "managed" and
    (any(.change.actions[]; . == "create") or any(.change.actions[]; . == "update")))] as $changed
| all($changed[]; .change.after.tags as $tags | all($required[]; . as $tag | $tags | has($tag)))
  and all($changed[]; .type != "aws_instance" or
    (.change.after.instance_type as $type | any($allowed[]; . == $type)))
  and all($changed[]; .type != "aws_security_group" or
    (any(.change.after.ingress[]; any(.cidr_blocks[]; . == "0.0.0.0/0")) | not))
  and all($changed[]; .change.after.tags.Name | test("^node-[0-9]+$"))
