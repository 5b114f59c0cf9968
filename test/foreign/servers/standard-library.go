// A callback server in plaintext mode, by the platform's pages, on nothing but Go's standard library.
package main

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sort"
	"strings"
	"sync/atomic"
	"time"
)

type message struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	FromUserName string
	MsgType      string
	Event        string
	EventKey     string
	Content      string
}

type text struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	FromUserName string
	CreateTime   int64
	MsgType      string
	Content      string
}

var runs int64

func isSigned(request *http.Request) bool {
	query := request.URL.Query()
	parts := []string{os.Getenv("TOKEN"), query.Get("timestamp"), query.Get("nonce")}
	sort.Strings(parts)
	expected := fmt.Sprintf("%x", sha1.Sum([]byte(strings.Join(parts, ""))))
	return subtle.ConstantTimeCompare([]byte(expected), []byte(query.Get("signature"))) == 1
}

func serve(response http.ResponseWriter, request *http.Request) {
	if !isSigned(request) {
		response.WriteHeader(http.StatusForbidden)
		return
	}
	if request.Method == http.MethodGet {
		response.Header().Set("Content-Type", "text/plain")
		io.WriteString(response, request.URL.Query().Get("echostr"))
		return
	}
	if request.Method != http.MethodPost {
		response.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	var asked message
	body, _ := io.ReadAll(http.MaxBytesReader(response, request.Body, 1<<20))
	if err := xml.Unmarshal(body, &asked); err != nil {
		response.WriteHeader(http.StatusBadRequest)
		return
	}
	said := ""
	switch {
	case asked.MsgType == "text" && strings.TrimSpace(asked.Content) != "":
		said = asked.Content
	case asked.MsgType == "event" && asked.Event == "CLICK":
		said = asked.EventKey
	default:
		io.WriteString(response, "success")
		return
	}
	if letters := []rune(said); len(letters) > 600 {
		said = string(letters[:600])
	}
	said = fmt.Sprintf("%s (run %d)", said, atomic.AddInt64(&runs, 1))
	answer, _ := xml.Marshal(text{ToUserName: asked.FromUserName, FromUserName: asked.ToUserName, CreateTime: time.Now().Unix(), MsgType: "text", Content: said})
	response.Header().Set("Content-Type", "application/xml")
	response.Write(answer)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	http.Serve(listener, http.HandlerFunc(serve))
}
