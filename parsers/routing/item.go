package routing

// Item is one thing that an input holds, as it was understood: a resource, a server, a parameter.
type Item struct {
	Kind string // the word that the format has for it
	Name string
	Span Span
	// Detail says more in a few words, where the format has more to say ("listen 8080").
	Detail string
	// Value is what a parameter or a variable stands for; its Related tell where that came from. It is unset for anything else.
	Value Value
	// From are the places that made it so: a loop's turn, a module's call.
	From []Note
}

// Skip is a file that was come across and not read.
type Skip struct{ Name, Why string }
