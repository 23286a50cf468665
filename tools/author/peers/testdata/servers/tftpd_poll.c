// Tftpd, the exercise of 15-reliable-transfer, in C: one thread and one poll
// for all transfers. It is written from the chapter's contract alone.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 512, TRIES = 5 };
enum { READ = 1, WRITE, DATA, ACK, ERROR };

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

// A transfer is one file on its way to one client. Its packet is the block that
// is under way.
struct transfer {
	int conn, file, tries;
	union address client;
	uint16_t block;
	size_t length;
	int64_t wait, due; // nanoseconds
	unsigned char packet[4 + BLOCK];
};

static struct transfer **transfers;
static struct pollfd *polled; // polled[0] is for requests, polled[i+1] is transfers[i]'s
static size_t count, room;
static union address here;
static socklen_t here_length;
static int folder;
static int64_t timeout = 1000000000;

static void die(const char *what) {
	fprintf(stderr, "tftpd: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void) {
	fprintf(stderr, "usage: tftpd [-listen ADDR] [-timeout D] DIR\n");
	exit(2);
}

static int64_t now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static uint16_t number(const unsigned char *p) { return p[0] << 8 | p[1]; }

static void put(unsigned char *p, uint16_t n) {
	p[0] = n >> 8;
	p[1] = n & 255;
}

static int op_of(const unsigned char *packet, ssize_t n) { return n < 2 ? 0 : number(packet); }

static int same(const union address *a, const union address *b) {
	if (a->any.sa_family != b->any.sa_family)
		return 0;
	if (a->any.sa_family == AF_INET)
		return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	return a->v6.sin6_port == b->v6.sin6_port && a->v6.sin6_scope_id == b->v6.sin6_scope_id &&
	       !memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr);
}

static void say(int conn, const void *packet, size_t n, const union address *to) {
	if (sendto(conn, packet, n, 0, &to->any, here_length) < 0)
		fprintf(stderr, "tftpd: send: %s\n", strerror(errno));
}

static void refuse(int conn, int code, const char *text, const union address *to) {
	unsigned char packet[64] = {0, ERROR, 0, code};
	size_t n = strlen(text) + 1;
	memcpy(packet + 4, text, n);
	say(conn, packet, 4 + n, to);
}

static void send_block(struct transfer *t) {
	say(t->conn, t->packet, t->length, &t->client);
	t->due = now() + t->wait;
}

// next_block reads the next block and sends it for the first time. It returns 0
// when the file cannot be read.
static int next_block(struct transfer *t) {
	size_t n = 0;
	while (n < BLOCK) {
		ssize_t m = read(t->file, t->packet + 4 + n, BLOCK - n);
		if (m < 0 && errno == EINTR)
			continue;
		if (m < 0) {
			refuse(t->conn, 0, "the file cannot be read", &t->client);
			return 0;
		}
		if (m == 0)
			break;
		n += m;
	}
	put(t->packet, DATA);
	put(t->packet + 2, ++t->block);
	t->length = 4 + n;
	t->tries = 1;
	t->wait = timeout;
	send_block(t);
	return 1;
}

// string returns where the string at p ends, or NULL when its zero is missing.
static char *string(char *p, char *end) { return memchr(p, 0, end - p); }

// parse returns the name that a read request asks for, or NULL.
static char *parse(unsigned char *request, ssize_t n) {
	char *name = (char *)request + 2, *end = (char *)request + n;
	if (op_of(request, n) != READ)
		return NULL;
	char *mode = string(name, end);
	if (!mode || !string(++mode, end) || strcasecmp(mode, "octet"))
		return NULL;
	return name;
}

// open_file opens the regular file of that name in the folder, or returns -1
// and the code of the error. O_NONBLOCK: a named pipe must not hold us up.
static int open_file(const char *name, int *code) {
	struct open_how how = {.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC, .resolve = RESOLVE_BENEATH};
	struct stat st;
	int file = syscall(SYS_openat2, folder, name, &how, sizeof how);
	if (file < 0) {
		*code = errno == ENOENT ? 1 : 2;
		return -1;
	}
	if (fstat(file, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(file);
		*code = 2;
		return -1;
	}
	return file;
}

static int own_socket(void) {
	union address a = here;
	int conn = socket(a.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (conn < 0)
		return -1;
	*(a.any.sa_family == AF_INET ? &a.v4.sin_port : &a.v6.sin6_port) = 0;
	if (bind(conn, &a.any, here_length) < 0) {
		close(conn);
		return -1;
	}
	return conn;
}

static void keep(struct transfer *t) {
	if (count == room) {
		room = room ? 2 * room : 16;
		transfers = realloc(transfers, room * sizeof *transfers);
		polled = realloc(polled, (room + 1) * sizeof *polled);
		if (!transfers || !polled)
			die("memory");
	}
	polled[count + 1] = (struct pollfd){.fd = t->conn, .events = POLLIN};
	transfers[count++] = t;
}

static void forget(size_t i) {
	close(transfers[i]->conn);
	close(transfers[i]->file);
	free(transfers[i]);
	transfers[i] = transfers[--count];
	polled[i + 1] = polled[count + 1];
}

// begin answers a request from a socket of its own.
static void begin(unsigned char *request, ssize_t n, const union address *client) {
	int conn = own_socket(), code = 4, file = -1;
	if (conn < 0) {
		fprintf(stderr, "tftpd: socket: %s\n", strerror(errno));
		return;
	}
	char *name = parse(request, n);
	if (name)
		file = open_file(name, &code);
	struct transfer *t = file < 0 ? NULL : calloc(1, sizeof *t);
	if (!t) {
		const char *texts[] = {"", "file not found", "access violation", "", "illegal operation"};
		refuse(conn, code, texts[code], client);
		if (file >= 0)
			close(file);
		close(conn);
		return;
	}
	t->conn = conn;
	t->file = file;
	t->client = *client;
	keep(t);
	if (!next_block(t))
		forget(count - 1);
}

static void serve_requests(int conn) {
	static unsigned char request[65536];
	for (;;) {
		union address client;
		socklen_t length = sizeof client;
		ssize_t n = recvfrom(conn, request, sizeof request, 0, &client.any, &length);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0)
			die("receive");
		int op = op_of(request, n);
		if (op == READ || op == WRITE)
			begin(request, n, &client);
	}
}

// hear reads what has come to a transfer's port. It returns 0 when the transfer
// is over.
static int hear(struct transfer *t) {
	unsigned char packet[1024];
	for (;;) {
		union address from;
		socklen_t length = sizeof from;
		ssize_t n = recvfrom(t->conn, packet, sizeof packet, 0, &from.any, &length);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		int op = op_of(packet, n);
		if (!same(&from, &t->client)) {
			if (op != ERROR)
				refuse(t->conn, 5, "unknown transfer ID", &from);
		} else if (op == ERROR) {
			return 0;
		} else if (op == ACK && n >= 4 && number(packet + 2) == t->block) {
			if (t->length < 4 + BLOCK || !next_block(t))
				return 0;
		}
	}
}

// late sends a block again whose time is over. It returns 0 after the last.
static int late(struct transfer *t) {
	if (t->tries == TRIES)
		return 0;
	t->tries++;
	t->wait *= 2;
	send_block(t);
	return 1;
}

// rest is how long the poll may take: until the first transfer is due.
static struct timespec *rest(struct timespec *left) {
	if (!count)
		return NULL;
	int64_t first = transfers[0]->due;
	for (size_t i = 1; i < count; i++)
		if (transfers[i]->due < first)
			first = transfers[i]->due;
	first -= now();
	if (first < 0)
		first = 0;
	*left = (struct timespec){first / 1000000000, first % 1000000000};
	return left;
}

static void serve(int conn) {
	polled = malloc(sizeof *polled);
	if (!polled)
		die("memory");
	polled[0] = (struct pollfd){.fd = conn, .events = POLLIN};
	for (;;) {
		struct timespec left;
		if (ppoll(polled, count + 1, rest(&left), NULL) < 0) {
			if (errno == EINTR)
				continue;
			die("poll");
		}
		int asked = polled[0].revents;
		for (size_t i = count; i-- > 0;) { // backwards: forget moves the last one
			int alive = !polled[i + 1].revents || hear(transfers[i]);
			if (alive && transfers[i]->due <= now())
				alive = late(transfers[i]);
			if (!alive)
				forget(i);
		}
		if (asked)
			serve_requests(conn);
	}
}

// duration reads what Go writes: 150ms, 1.5s, 1m30s.
static int64_t duration(const char *p) {
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
	double sum = 0;
	do {
		char *end;
		double n = strtod(p, &end);
		size_t length = strspn(end, "nsumh"), i;
		for (i = 0; i < 6; i++)
			if (strlen(units[i].name) == length && !strncmp(units[i].name, end, length))
				break;
		if (end == p || i == 6)
			usage();
		sum += n * units[i].ns;
		p = end + length;
	} while (*p);
	return sum;
}

// listen_at opens the socket for requests at HOST:PORT or [HOST]:PORT.
static int listen_at(char *addr) {
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_PASSIVE}, *found;
	char *port = strrchr(addr, ':'), *host = addr;
	if (!port)
		usage();
	*port++ = 0;
	if (*host == '[' && port[-2] == ']') {
		port[-2] = 0;
		host++;
	}
	int err = getaddrinfo(*host ? host : NULL, port, &hints, &found);
	if (err) {
		fprintf(stderr, "tftpd: %s: %s\n", addr, gai_strerror(err));
		exit(1);
	}
	int conn = socket(found->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (conn < 0 || bind(conn, found->ai_addr, found->ai_addrlen) < 0)
		die("listen");
	freeaddrinfo(found);
	here_length = sizeof here;
	getsockname(conn, &here.any, &here_length);
	return conn;
}

static void announce(void) {
	char host[NI_MAXHOST], port[NI_MAXSERV];
	getnameinfo(&here.any, here_length, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
	printf(here.any.sa_family == AF_INET6 ? "listening on [%s]:%s\n" : "listening on %s:%s\n", host, port);
	fflush(stdout);
}

int main(int argc, char **argv) {
	static char local[] = "127.0.0.1:0";
	char *addr = local;
	int i = 1;
	for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
		if (!strcmp(argv[i], "-listen"))
			addr = argv[i + 1];
		else if (!strcmp(argv[i], "-timeout"))
			timeout = duration(argv[i + 1]);
		else
			usage();
	}
	if (i != argc - 1 || timeout <= 0)
		usage();
	folder = open(argv[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		die(argv[i]);
	int conn = listen_at(addr);
	announce();
	serve(conn);
}
