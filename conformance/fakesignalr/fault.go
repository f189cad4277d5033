package fakesignalr

import (
	"fmt"
	"net/http"
)

// fault is a refusal: what the client gets, and why.
type fault struct {
	status      int
	reason      Reason
	contentType string // empty for an answer without body
	body        string
	challenge   string // WWW-Authenticate
}

// textFault is how ASP.NET Core words a refusal: plain text.
func textFault(status int, reason Reason, body string) *fault {
	return &fault{status: status, reason: reason, contentType: "text/plain", body: body}
}

// pageFault is how the nginx in front of the service words one.
func pageFault(status int, reason Reason) *fault {
	return &fault{status: status, reason: reason, contentType: "text/html", body: nginxPage(status)}
}

// challengeFault is a 401. That the body is empty is an assumption (see Knobs.ChallengeBody); the challenges were seen in azure-signalr#883 and #2197.
func challengeFault(reason Reason, description string) *fault {
	challenge := "Bearer"
	if description != "" {
		challenge = fmt.Sprintf(`Bearer error="invalid_token", error_description=%q`, description)
	}
	return &fault{status: http.StatusUnauthorized, reason: reason, challenge: challenge}
}

// nginxPage is nginx's built-in error page as the service shows it (SignalR-Client-Swift#219).
func nginxPage(status int) string {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
}
