// The operators, for operands of any kind. Internal to eval/. Sections: Sentinel specification,
// "Arithmetic operators" to "Set operators", "Index expressions", "Slice expressions".
#pragma once

#include "plugin/sentinel/eval/evaluation.h"

namespace sentinel {

// Operands come by value, in registers: an address would keep the walker's in memory.

Value calculate(code::Op op, Value left, Value right, std::uint32_t position, const Frame& frame,
                Evaluation& evaluation);
Value negative(const Value& value, const code::Expression& at, const Frame& frame,
               Evaluation& evaluation);
Value positive(const Value& value, const code::Expression& at, const Frame& frame,
               Evaluation& evaluation);
/// `<` and its kin.
Value compare(code::Op op, Value left, Value right);
/// Of values that are both defined.
bool are_equal(Value left, Value right, const Frame& frame, Evaluation& evaluation);
/// `collection contains item`.
Value holds(const Value& collection, const Value& item, const code::Expression& at,
            const Frame& frame, Evaluation& evaluation);
/// `base[at]`; `where` is the index, for messages about it.
Value element(const Value& base, const Value& at, const code::Expression& expression,
              const code::Expression& where, const Frame& frame, Evaluation& evaluation);
void set_element(const Value& base, const Value& at, const Value& value,
                 const code::Expression& base_code, const code::Expression& at_code,
                 const Frame& frame, Evaluation& evaluation);
/// `base[low:high]`; a null `high`: to the end.
Value part(const Value& base, const Value& low, const Value& high, const code::Slice& slice,
           const Frame& frame, Evaluation& evaluation);

}  // namespace sentinel
