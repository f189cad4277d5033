// Package csharp reads the C# that stands in policies of Azure API Management: an expression, or a block of statements with a return
// ("API Management policy expressions"). It reads the part of the language that such expressions are made of, and says what it does not read.
package csharp

// Kind tells what a node is.
type Kind uint8

// The kinds of expressions.
const (
	Text         Kind = iota // a string; Value is what it holds
	Char                     // a character; Value is what it holds
	Number                   // Value is as written
	Word                     // true, false, null, this
	Name                     // Value is the name
	Interpolated             // $"…": Args are Text and holes
	Member                   // Args[0].Value
	Call                     // Args[0](Args[1:]…); type arguments are left out
	Index                    // Args[0][Args[1]]
	Unary                    // Value Args[0]
	Binary                   // Args[0] Value Args[1]
	Choice                   // Args[0] ? Args[1] : Args[2]
	Cast                     // (Value)Args[0]
	New                      // new Value(Args…)
	List                     // new Value[] { Args… }, also of a List<…>
	Lambda                   // Value => Args[0]
)

// Node is an expression. Start and End are offsets into the text that was read.
type Node struct {
	Kind       Kind
	Value      string
	Args       []*Node
	Start, End int
}

// StatementKind tells what a statement is.
type StatementKind uint8

// The kinds of statements.
const (
	Set    StatementKind = iota // a variable is declared or assigned: Name, Value
	If                          // Value, Then, Else
	Return                      // Value
	Do                          // an expression for its effect: Value
	Other                       // one that is not read: Name is its first word
)

// Statement is one statement of a block.
type Statement struct {
	Kind       StatementKind
	Name       string
	Value      *Node
	Then, Else []*Statement
	Start, End int
}

// Program is a whole expression @(…), which is a block with one return, or @{…}.
type Program struct{ Block []*Statement }
