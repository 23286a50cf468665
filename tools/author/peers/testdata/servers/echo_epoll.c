/* An echo server for all its clients on one thread, by epoll. */
#define _GNU_SOURCE
#include "server.h"
#include <sys/epoll.h>

struct client {
	int fd, ended;
	size_t used; /* bytes of pending that the kernel has not taken yet */
	char pending[16 << 10];
};

static int loop;

static void watch(int op, int fd, unsigned events, void *what) {
	struct epoll_event e = {.events = events, .data.ptr = what};
	if (epoll_ctl(loop, op, fd, &e) < 0) fail("epoll_ctl");
}

static void take(int ln) {
	int fd = accept4(ln, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		if (errno == EMFILE) usleep(50 * 1000);
		return;
	}
	struct client *c = calloc(1, sizeof *c);
	if (c == NULL) fail("calloc");
	c->fd = fd;
	watch(EPOLL_CTL_ADD, fd, EPOLLIN, c);
}

static int later(void) { return errno == EAGAIN || errno == EINTR; }

/* serve does one read and one write; it returns -1 when the client is done. */
static int serve(struct client *c, unsigned events) {
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR) && !c->ended && c->used < sizeof c->pending) {
		ssize_t n = recv(c->fd, c->pending + c->used, sizeof c->pending - c->used, 0);
		if (n < 0 && !later()) return -1;
		if (n == 0) c->ended = 1;
		if (n > 0) c->used += n;
	}
	if (c->used > 0) {
		ssize_t n = send(c->fd, c->pending, c->used, MSG_NOSIGNAL);
		if (n < 0 && !later()) return -1;
		if (n > 0) memmove(c->pending, c->pending + n, c->used -= n);
	}
	unsigned wanted = c->used > 0 ? EPOLLOUT : 0;
	if (!c->ended && c->used < sizeof c->pending) wanted |= EPOLLIN;
	if (wanted == 0) return -1;
	watch(EPOLL_CTL_MOD, c->fd, wanted, c);
	return 0;
}

int main(int argc, char **argv) {
	int ln = listen_on(argc > 2 ? argv[2] : "127.0.0.1:0", SOMAXCONN);
	if ((loop = epoll_create1(EPOLL_CLOEXEC)) < 0) fail("epoll_create1");
	watch(EPOLL_CTL_ADD, ln, EPOLLIN, NULL);
	for (;;) {
		struct epoll_event events[64];
		int n = epoll_wait(loop, events, 64, -1);
		for (int i = 0; i < n; i++) {
			struct client *c = events[i].data.ptr;
			if (c == NULL) {
				take(ln);
			} else if (serve(c, events[i].events) < 0) {
				close(c->fd);
				free(c);
			}
		}
	}
}
