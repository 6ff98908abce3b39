/* A small internet in user space, for kernels without netem.
 *
 * Joins network namespaces in a star: each gets a TUN device "wan" whose packets
 * this program carries to the one that owns the destination. Every host's way up
 * to the middle and down from it loses, delays and queues packets by its own
 * rules, which a test changes while traffic runs. It must never touch a
 * namespace it was not named.
 *
 *   impaired_net NAMESPACE=SUBNET ...      SUBNET: the first three octets, 10.77.1
 *
 * It says "ready"; then one command a line on stdin, each answered by one line:
 *   HOST up|down KEY=VALUE ...             answered "ok", or "error"
 *     delay_ms, jitter_ms (uniform, order is kept), loss (share, 0..1),
 *     burst (mean run of lost packets; above 1 Gilbert's two states),
 *     rate_kbps (0 is no limit), queue_ms (the bottleneck's buffer, drop tail),
 *     cut (1: nothing passes), seed (starts the losses over)
 *   stat HOST up|down                      answered "PASSED LOST OVERFLOWED"
 * HOST is the number of the argument, from 0. The end of stdin ends it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define HOSTS 8
#define WAITING 8192
#define LONGEST 2048
#define AT_ONCE 64

struct packet {
  double due_s;
  int size, to;
  unsigned char *bytes;
};

struct way {
  double delay_s, jitter_s, loss, burst, rate_bps, queue_s;
  int cut, losing;
  uint64_t random;
  double free_s, last_due_s; /* of the bottleneck, of the packet before */
  struct packet waiting[WAITING];
  int head, count;
  unsigned long passed, lost, overflowed;
};

static struct way ways[HOSTS][2]; /* up, down */
static int tun[HOSTS], hosts;
static uint32_t subnet[HOSTS];

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double chance(struct way *w) { /* xorshift64: the same losses by seed */
  w->random ^= w->random << 13;
  w->random ^= w->random >> 7;
  w->random ^= w->random << 17;
  return (double)(w->random >> 11) / 9007199254740992.0;
}

static void reseed(struct way *w, double seed) {
  w->random = (uint64_t)seed * 2654435761ULL + 88172645463325252ULL;
  w->losing = 0;
  for (int i = 0; i < 16; i++) chance(w);
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int open_tun(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "/run/netns/%s", name);
  int home = open("/proc/self/ns/net", O_RDONLY), there = open(path, O_RDONLY);
  if (home < 0 || there < 0 || setns(there, CLONE_NEWNET)) fail(path);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct ifreq wanted = {.ifr_flags = IFF_TUN | IFF_NO_PI, .ifr_name = "wan"};
  if (fd < 0 || ioctl(fd, TUNSETIFF, &wanted)) fail("/dev/net/tun");
  if (setns(home, CLONE_NEWNET)) fail("setns");
  close(home);
  close(there);
  return fd;
}

static int lost(struct way *w) {
  if (w->cut) return 1;
  if (w->loss <= 0) return 0;
  if (w->burst <= 1) return chance(w) < w->loss;
  double leave = 1 / w->burst, enter = w->loss * leave / (1 - w->loss);
  w->losing = w->losing ? chance(w) >= leave : chance(w) < enter;
  return w->losing;
}

/* Takes `bytes` over; they leave in turn, or never. */
static void take(struct way *w, unsigned char *bytes, int size, int to) {
  double t = now_s(), start = t;
  struct packet *last = &w->waiting[(w->head + w->count) % WAITING];
  if (lost(w)) {
    w->lost++;
  } else if (w->count == WAITING || (w->rate_bps > 0 && w->free_s - t > w->queue_s)) {
    w->overflowed++;
  } else {
    if (w->rate_bps > 0) {
      if (w->free_s < t) w->free_s = t;
      start = w->free_s += size * 8 / w->rate_bps;
    }
    double due = start + w->delay_s + (w->jitter_s > 0 ? w->jitter_s * chance(w) : 0);
    if (due < w->last_due_s) due = w->last_due_s;
    w->last_due_s = due;
    *last = (struct packet){due, size, to, bytes};
    w->count++;
    return;
  }
  free(bytes);
}

static void carry(unsigned char *bytes, int size, int from) {
  if (size >= 20 && bytes[0] >> 4 == 4) {
    uint32_t destination;
    memcpy(&destination, bytes + 16, 4);
    uint32_t wanted = ntohl(destination) >> 8;
    for (int to = 0; to < hosts; to++)
      if (to != from && subnet[to] == wanted) {
        unsigned char *copy = malloc((size_t)size);
        if (!copy) fail("malloc");
        memcpy(copy, bytes, (size_t)size);
        take(&ways[from][0], copy, size, to);
      }
  }
}

/* Moves on what is due; returns when something is due next. */
static double move(double t) {
  double next = t + 0.5;
  for (int way = 0; way < 2; way++)
    for (int host = 0; host < hosts; host++) {
      struct way *w = &ways[host][way];
      while (w->count && w->waiting[w->head].due_s <= t) {
        struct packet p = w->waiting[w->head];
        w->head = (w->head + 1) % WAITING;
        w->count--;
        w->passed++;
        if (way == 0) {
          take(&ways[p.to][1], p.bytes, p.size, p.to);
        } else {
          if (write(tun[host], p.bytes, (size_t)p.size) != p.size) w->overflowed++;
          free(p.bytes);
        }
      }
      if (w->count && w->waiting[w->head].due_s < next) next = w->waiting[w->head].due_s;
    }
  return next;
}

static int set(struct way *w, const char *word) {
  const char *equals = strchr(word, '=');
  if (!equals) return 0;
  size_t length = (size_t)(equals - word);
  double value = atof(equals + 1);
#define IS(name) (length == sizeof name - 1 && !strncmp(word, name, length))
  if (IS("delay_ms")) w->delay_s = value / 1e3;
  else if (IS("jitter_ms")) w->jitter_s = value / 1e3;
  else if (IS("loss")) w->loss = value;
  else if (IS("burst")) w->burst = value;
  else if (IS("rate_kbps")) w->rate_bps = value * 1e3, w->free_s = 0;
  else if (IS("queue_ms")) w->queue_s = value / 1e3;
  else if (IS("cut")) w->cut = value != 0;
  else if (IS("seed")) reseed(w, value);
  else return 0;
  return 1;
}

static void obey(char *line) {
  char *rest, *word = strtok_r(line, " ", &rest);
  int asks = word && !strcmp(word, "stat");
  if (asks) word = strtok_r(NULL, " ", &rest);
  int host = word ? atoi(word) : -1;
  word = strtok_r(NULL, " ", &rest);
  int good = word && host >= 0 && host < hosts;
  if (good) {
    struct way *w = &ways[host][!strcmp(word, "down")];
    if (asks) {
      printf("%lu %lu %lu\n", w->passed, w->lost, w->overflowed);
      return;
    }
    while ((word = strtok_r(NULL, " ", &rest))) good = set(w, word) && good;
  }
  printf(good ? "ok\n" : "error\n");
}

/* Returns 0 when stdin has ended. */
static int listen_to_commands(void) {
  static char text[4096];
  static size_t held;
  ssize_t got = read(0, text + held, sizeof text - 1 - held);
  if (got <= 0) return 0;
  held += (size_t)got;
  text[held] = 0;
  char *line = text, *end;
  while ((end = strchr(line, '\n'))) {
    *end = 0;
    obey(line);
    line = end + 1;
  }
  held = strlen(line);
  memmove(text, line, held + 1);
  return held < sizeof text - 1;
}

static void join(char *argument) {
  char *equals = strchr(argument, '=');
  unsigned a, b, c;
  if (!equals || sscanf(equals + 1, "%u.%u.%u", &a, &b, &c) != 3 || hosts == HOSTS) {
    fprintf(stderr, "NAMESPACE=A.B.C, at most %d of them\n", HOSTS);
    exit(2);
  }
  *equals = 0;
  subnet[hosts] = a << 16 | b << 8 | c;
  tun[hosts] = open_tun(argument);
  for (int way = 0; way < 2; way++) {
    struct way *w = &ways[hosts][way];
    w->burst = 1;
    w->queue_s = 0.4;
    reseed(w, 2 * hosts + way + 1);
  }
  hosts++;
}

int main(int count, char **words) {
  for (int i = 1; i < count; i++) join(words[i]);
  struct sched_param quick = {.sched_priority = 10};
  sched_setscheduler(0, SCHED_RR, &quick); /* a busy machine must not add delay */
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("ready\n");
  struct pollfd watched[HOSTS + 1];
  for (int i = 0; i < hosts; i++) watched[i] = (struct pollfd){tun[i], POLLIN, 0};
  watched[hosts] = (struct pollfd){0, POLLIN, 0};
  static unsigned char bytes[LONGEST];
  for (;;) {
    double wait = move(now_s()) - now_s();
    if (wait < 0) wait = 0;
    struct timespec patience = {(time_t)wait, (long)((wait - (double)(time_t)wait) * 1e9)};
    ppoll(watched, (nfds_t)hosts + 1, &patience, NULL);
    for (int i = 0; i < hosts; i++)
      if (watched[i].revents & POLLIN) {
        ssize_t size;
        for (int n = 0; n < AT_ONCE && (size = read(tun[i], bytes, LONGEST)) > 0; n++)
          carry(bytes, (int)size, i);
      }
    if (watched[hosts].revents && !listen_to_commands()) return 0;
  }
}
