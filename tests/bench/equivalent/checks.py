# The four checks in Python: python3 checks.py PLAN.json
import json
import re
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    plan = json.load(file)
allowed = ["t3.micro", "t3.small", "m5.large", "m5.xlarge"]
required = ["CostCenter", "Environment", "Name", "Owner"]
changed = [rc for rc in plan["resource_changes"].values()
           if rc["mode"] == "managed"
           and ("create" in rc["change"]["actions"] or "update" in rc["change"]["actions"])]
tagged = all(all(tag in rc["change"]["after"]["tags"] for tag in required) for rc in changed)
typed = all(rc["type"] != "aws_instance" or rc["change"]["after"]["instance_type"] in allowed
            for rc in changed)
closed = all(rc["type"] != "aws_security_group"
             or not any(any(cidr == "0.0.0.0/0" for cidr in block["cidr_blocks"])
                        for block in rc["change"]["after"]["ingress"])
             for rc in changed)
name = re.compile("^node-[0-9]+$")
named = all(name.search(rc["change"]["after"]["tags"]["Name"]) for rc in changed)
sys.exit(0 if tagged and typed and closed and named else 1)
