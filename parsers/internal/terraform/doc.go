// Package terraform reads Terraform configuration as terraform would plan it, without terraform, providers or a network.
//
// A configuration is a program: what a resource says follows from variables and the files that give them values, locals,
// functions, loops and modules. This package runs that program with hcl's own evaluator and yields the resources that a plan
// would hold, in the shape of Terraform's JSON plan (developer.hashicorp.com/terraform/internals/json-format, "Values
// representation"): every argument is a member, every type of nested block is a member that holds a list of objects.
//
// What only an apply, a data source, a registry or a caller would tell is Unknown and says what is missing. Every value stands
// where it is written in the configuration, and its origins lead to the lines that decide it: a default, a line of a
// terraform.tfvars, a local, the key of a loop.
//
// The parts: scan bounds the text before hcl sees it, folder and declare read what modules consist of, bind replaces the
// references in expressions by some that ask an instance, instance evaluates, build makes nodes, and trail finds out what
// a value came from.
package terraform
