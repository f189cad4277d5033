module github.com/asrscheck/asrscheck

go 1.26
