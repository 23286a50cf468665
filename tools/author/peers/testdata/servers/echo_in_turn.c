/* An echo server that serves its clients one after another. */
#define _GNU_SOURCE
#include "server.h"

/* echo sends back all that comes, until the client's end of stream. */
static int echo(int client) {
	char buffer[4096];
	for (;;) {
		ssize_t n = recv(client, buffer, sizeof buffer, 0);
		if (n < 0 && errno == EINTR) continue;
		if (n <= 0) return n;
		for (ssize_t sent = 0; sent < n;) {
			ssize_t k = send(client, buffer + sent, n - sent, MSG_NOSIGNAL);
			if (k < 0 && errno == EINTR) continue;
			if (k < 0) return -1;
			sent += k;
		}
	}
}

int main(int argc, char **argv) {
	const char *address = "127.0.0.1:0";
	int backlog = SOMAXCONN, hold = 0;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-listen") == 0 && i + 1 < argc) address = argv[++i];
		else if (strcmp(argv[i], "-backlog") == 0 && i + 1 < argc) backlog = atoi(argv[++i]);
		else if (strcmp(argv[i], "-hold") == 0) hold = 1;
		else {
			fprintf(stderr, "usage: %s [-listen ADDR] [-backlog N] [-hold]\n", argv[0]);
			return 2;
		}
	}
	int ln = listen_on(address, backlog);
	if (hold)
		for (int c = getchar(); c != '\n' && c != EOF;) c = getchar();
	for (;;) {
		int client = accept4(ln, NULL, NULL, SOCK_CLOEXEC);
		if (client < 0) {
			perror("accept"); /* no descriptor left, or the client has gone */
			usleep(50 * 1000);
			continue;
		}
		if (echo(client) < 0) perror("client");
		shutdown(client, SHUT_WR);
		close(client);
	}
}
