/* Echo over UDP, server and client, as a C programmer would write it: recvfrom,
 * sendto, and poll with what is left of the time. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char buf[65536];

static void die(const char *what)
{
	fprintf(stderr, "echo-udp: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fputs("usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD...\n", stderr);
	exit(2);
}

static int sock(const char *addr, int (*with)(int, const struct sockaddr *, socklen_t))
{
	char host[256];
	const char *colon = strrchr(addr, ':');
	int six = addr[0] == '['; /* an IPv6 address stands in brackets */
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_family = six ? AF_INET6 : AF_INET}, *found;

	if (!colon || colon - addr >= (long)sizeof host)
		usage();
	snprintf(host, sizeof host, "%.*s", (int)(colon - addr) - 2 * six, addr + six);
	int err = getaddrinfo(host, colon + 1, &hints, &found);
	if (err) {
		fprintf(stderr, "echo-udp: %s: %s\n", addr, gai_strerror(err));
		exit(1);
	}
	int fd = socket(found->ai_family, found->ai_socktype, 0);
	if (fd < 0 || with(fd, found->ai_addr, found->ai_addrlen) < 0)
		die(addr);
	freeaddrinfo(found);
	return fd;
}

static void serve(const char *addr)
{
	struct sockaddr_in6 peer; /* has room for both families, and the port at the same place */
	socklen_t len = sizeof peer;
	int fd = sock(addr, bind);

	if (getsockname(fd, (struct sockaddr *)&peer, &len) < 0)
		die("getsockname");
	printf("listening on %.*s:%d\n", (int)(strrchr(addr, ':') - addr), addr, ntohs(peer.sin6_port));
	fflush(stdout);
	for (;;) {
		len = sizeof peer;
		ssize_t n = recvfrom(fd, buf, sizeof buf, 0, (struct sockaddr *)&peer, &len);
		if (n < 0 && errno != EINTR)
			die("recvfrom");
		if (n >= 0 && sendto(fd, buf, n, 0, (struct sockaddr *)&peer, len) < 0)
			perror("sendto");
	}
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* answered waits for the answer to id, and prints it. */
static int answered(int fd, const char *id, double until)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	size_t skip = strlen(id);

	for (double left; (left = until - now()) > 0;) {
		int r = poll(&ready, 1, (int)(left * 1000) + 1);
		if (r < 0 && errno != EINTR)
			die("poll");
		if (r <= 0)
			continue;
		ssize_t n = recv(fd, buf, sizeof buf, 0);
		if (n < 0)
			die("recv");
		if ((size_t)n >= skip && memcmp(buf, id, skip) == 0) {
			fwrite(buf + skip, 1, n - skip, stdout);
			putchar('\n');
			fflush(stdout);
			return 1;
		}
	}
	return 0;
}

static void ask(int fd, const char *word, double wait)
{
	unsigned long random;
	char id[32];

	if (getrandom(&random, sizeof random, 0) != sizeof random)
		die("getrandom");
	int skip = snprintf(id, sizeof id, "%016lx ", random);
	size_t len = skip + strlen(word);
	char *question = malloc(len + 1);
	if (!question)
		die("malloc");
	memcpy(question, id, skip);
	strcpy(question + skip, word);
	for (int try = 0; try < 3; try++) {
		if (send(fd, question, len, 0) < 0)
			die("send");
		if (answered(fd, id, now() + wait)) {
			free(question);
			return;
		}
	}
	fputs("echo-udp: asked three times, no answer\n", stderr);
	exit(1);
}

static double seconds(const char *text)
{
	char *unit;
	double n = strtod(text, &unit);

	if (unit == text)
		usage();
	if (strcmp(unit, "ms") == 0)
		return n / 1000;
	if (strcmp(unit, "s") != 0)
		usage();
	return n;
}

int main(int argc, char **argv)
{
	const char *listen_at = NULL;
	double wait = 1;
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i += 2) {
		if (i + 1 < argc && strcmp(argv[i], "-listen") == 0)
			listen_at = argv[i + 1];
		else if (i + 1 < argc && strcmp(argv[i], "-timeout") == 0)
			wait = seconds(argv[i + 1]);
		else
			usage();
	}
	if (listen_at && i == argc)
		serve(listen_at);
	if (listen_at || argc - i < 2)
		usage();
	int fd = sock(argv[i], connect);
	for (i++; i < argc; i++)
		ask(fd, argv[i], wait);
	return 0;
}
