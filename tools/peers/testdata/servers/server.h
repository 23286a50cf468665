/* What the servers in C share: a listener, and its announcement. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) {
	perror(what);
	exit(1);
}

/* listen_on listens on the IPv4 address HOST:PORT and prints where. */
static int listen_on(const char *address, int backlog) {
	char host[64];
	int port;
	struct sockaddr_in at = {.sin_family = AF_INET};
	if (sscanf(address, "%63[^:]:%d", host, &port) != 2 || inet_pton(AF_INET, host, &at.sin_addr) != 1) {
		fprintf(stderr, "%s: not an IPv4 address and a port\n", address);
		exit(2);
	}
	at.sin_port = htons(port);
	int ln = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (ln < 0) fail("socket");
	int on = 1;
	setsockopt(ln, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(ln, (struct sockaddr *)&at, sizeof at) < 0) fail("bind");
	if (listen(ln, backlog) < 0) fail("listen");
	socklen_t size = sizeof at;
	if (getsockname(ln, (struct sockaddr *)&at, &size) < 0) fail("getsockname");
	printf("listening on %s:%d\n", inet_ntoa(at.sin_addr), ntohs(at.sin_port));
	fflush(stdout);
	return ln;
}
