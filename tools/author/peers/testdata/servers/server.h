/* What the servers in C share: a listener, and its announcement. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) {
	perror(what);
	exit(1);
}

/* listen_on listens at HOST:PORT, where an IPv6 HOST has brackets, and prints where. */
static int listen_on(const char *address, int backlog) {
	char host[64];
	const char *colon = strrchr(address, ':');
	if (colon == NULL || colon - address >= (long)sizeof host) {
		fprintf(stderr, "%s: not an address and a port\n", address);
		exit(2);
	}
	if (strtol(colon + 1, NULL, 10) > 65535) { /* getaddrinfo takes the lower 16 bits */
		fprintf(stderr, "%s: there is no such port\n", address);
		exit(1);
	}
	int brackets = address[0] == '[';
	snprintf(host, sizeof host, "%.*s", (int)(colon - address) - 2 * brackets, address + brackets);
	struct addrinfo wanted = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *at;
	int fault = getaddrinfo(host, colon + 1, &wanted, &at);
	if (fault != 0) {
		fprintf(stderr, "%s: %s\n", address, gai_strerror(fault));
		exit(2);
	}
	int ln = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (ln < 0) fail("socket");
	int on = 1;
	setsockopt(ln, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(ln, at->ai_addr, at->ai_addrlen) < 0) fail("bind");
	freeaddrinfo(at);
	if (listen(ln, backlog) < 0) fail("listen");
	struct sockaddr_in6 bound; /* the port is at the same place in both families */
	socklen_t size = sizeof bound;
	if (getsockname(ln, (struct sockaddr *)&bound, &size) < 0) fail("getsockname");
	printf("listening on %.*s:%d\n", (int)(colon - address), address, ntohs(bound.sin6_port));
	fflush(stdout);
	return ln;
}
