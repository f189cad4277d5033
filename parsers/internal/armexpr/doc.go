// Package armexpr evaluates the expressions in the strings of Azure Resource Manager's templates, such as
// "[concat(parameters('name'), '-gateway')]", as Azure Resource Manager does (learn.microsoft.com, "Syntax and expressions in ARM
// templates" and "ARM template functions").
//
// What only Azure can tell (the state of a resource, a key, the subscription that is deployed to) is an unknown value with a reason,
// and so is what depends on it. Resource ids are known as far as they can be: their last segments, by which they are resolved, count,
// and the subscription does not. Every value knows the expression that it stands for, and by its origins the variables, parameters and
// loops that it came from.
//
// Evaluation ends: steps and depth are bounded, however an expression is written.
package armexpr
