/* ask, in C: getaddrinfo, connect, send, shutdown, recv, one after the other. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *why) {
	fprintf(stderr, "ask: %s\n", why);
	exit(1);
}

/* dial connects to one after the other of the addresses for which addr stands. */
static int dial(const char *addr) {
	char host[256];
	const char *colon = strrchr(addr, ':');
	if (colon == NULL || (size_t)(colon - addr) >= sizeof host)
		fail("the address has no port");
	const char *start = addr, *end = colon;
	if (*start == '[' && end > start + 1 && end[-1] == ']')
		start++, end--;
	memcpy(host, start, (size_t)(end - start));
	host[end - start] = 0;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *all;
	int failed = getaddrinfo(host, colon + 1, &hints, &all);
	if (failed)
		fail(gai_strerror(failed));
	int last = 0;
	for (struct addrinfo *a = all; a != NULL; a = a->ai_next) {
		int fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) == 0) {
			freeaddrinfo(all);
			return fd;
		}
		last = errno;
		close(fd);
	}
	fail(strerror(last));
	return -1;
}

typedef int (*name_of)(int, struct sockaddr *, socklen_t *);

static void show(const char *before, int fd, name_of name, const char *after) {
	struct sockaddr_storage sa;
	socklen_t n = sizeof sa;
	char host[NI_MAXHOST], port[NI_MAXSERV];
	if (name(fd, (struct sockaddr *)&sa, &n) < 0 ||
	    getnameinfo((struct sockaddr *)&sa, n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		fail("the connection has no address");
	const char *form = strchr(host, ':') ? "%s[%s]:%s%s" : "%s%s:%s%s";
	fprintf(stderr, form, before, host, port, after);
}

static void write_all(int fd, const char *data, size_t n) {
	while (n > 0) {
		ssize_t k = fd == 1 ? write(fd, data, n) : send(fd, data, n, MSG_NOSIGNAL);
		if (k < 0)
			fail(strerror(errno));
		data += k, n -= (size_t)k;
	}
}

int main(int argc, char **argv) {
	if (argc < 2) {
		fprintf(stderr, "usage: ask ADDR [word...]\n");
		return 2;
	}
	int fd = dial(argv[1]);
	show("tcp ", fd, getsockname, " -> ");
	show("", fd, getpeername, "\n");
	for (int i = 2; i < argc; i++) {
		write_all(fd, argv[i], strlen(argv[i]));
		write_all(fd, i + 1 < argc ? " " : "\n", 1);
	}
	if (shutdown(fd, SHUT_WR) < 0)
		fail(strerror(errno));
	char buf[4096];
	for (;;) {
		ssize_t n = recv(fd, buf, sizeof buf, 0);
		if (n < 0)
			fail(strerror(errno));
		if (n == 0)
			return 0;
		write_all(1, buf, (size_t)n);
	}
}
