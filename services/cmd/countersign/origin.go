package main

import (
	"fmt"
	"net"
	"net/url"
)

// localhost is the only host whose pages may use passkeys without TLS. Browsers take no address
// in numbers for a relying party, so what is printed to be opened names it.
const localhost = "localhost"

// checkOrigin refuses an origin of the portal on which no passkey could be used.
func (o options) checkOrigin() error {
	if o.origin == "" {
		return nil
	}
	u, err := url.Parse(o.origin)
	if err != nil || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.User != nil ||
		(u.Scheme != "https" && u.Hostname() != localhost) || net.ParseIP(u.Hostname()) != nil {
		return fmt.Errorf("--origin %q: https:// and the host name at which browsers reach the portal", o.origin)
	}
	return nil
}

// relyingParty is the WebAuthn relying party id of the portal: the host name of its origin.
func (o options) relyingParty() string {
	u, err := url.Parse(o.origin)
	if err != nil || u.Hostname() == "" {
		return localhost
	}
	return u.Hostname()
}

// page is where people open the portal of a node that listens at an address.
func (o options) page(listening net.Addr) string {
	if o.origin != "" {
		return o.origin
	}
	host, port, err := net.SplitHostPort(listening.String())
	if err != nil {
		return "http://" + listening.String()
	}
	if ip := net.ParseIP(host); ip != nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		host = localhost
	}
	return "http://" + net.JoinHostPort(host, port)
}
