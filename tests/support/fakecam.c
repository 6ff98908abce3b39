/* A V4L2 webcam in user space, for machines without one (LD_PRELOAD).
 *
 * It answers open, close, ioctl and mmap on one device node, which must exist
 * and is never really opened, and streams a clip into mmap buffers by timerfd,
 * so that Qt's own camera code runs unchanged. It must never be loaded into
 * anything but the program under test.
 *
 * FAKECAM_NODE    the device node, e.g. /dev/video55
 * FAKECAM_CLIP    frames of FAKECAM_FRAME_BYTES (mjpeg frames padded with zeros)
 * FAKECAM_MODE    mjpeg|yuyv|nv12:WIDTHxHEIGHT:FPS
 * FAKECAM_CONTROL folder whose files are faults that a test switches while it runs:
 *   busy       open fails with EBUSY
 *   stream-busy  STREAMON fails with EBUSY (what a UVC camera in use does)
 *   denied     open fails with EACCES
 *   gone       everything fails with ENODEV (unplugged)
 *   frozen     no frame arrives, no error either
 * and where this file reports back: "light" exists while the camera streams.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define BUFFERS 8
#define HANDLES 16

struct handle {
  int fd; /* timerfd, 0 = unused */
  int memfd;
  int buffers;
  int streaming;
  uint8_t *memory;
  int queued[BUFFERS];
  int queued_count;
  uint32_t sequence;
};

static struct handle handles[HANDLES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *node, *control;
static uint8_t *clip;
static size_t frame_bytes, frame_count, buffer_bytes;
static int width, height, fps;
static uint32_t fourcc;

static int (*real_open)(const char *, int, ...);
static int (*real_open64)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static int (*real_ioctl)(int, unsigned long, ...);
static void *(*real_mmap)(void *, size_t, int, int, int, off_t);

static void load(void) {
  real_open = dlsym(RTLD_NEXT, "open");
  real_open64 = dlsym(RTLD_NEXT, "open64");
  real_openat = dlsym(RTLD_NEXT, "openat");
  real_close = dlsym(RTLD_NEXT, "close");
  real_ioctl = dlsym(RTLD_NEXT, "ioctl");
  real_mmap = dlsym(RTLD_NEXT, "mmap");
  node = getenv("FAKECAM_NODE");
  control = getenv("FAKECAM_CONTROL");
  const char *path = getenv("FAKECAM_CLIP"), *mode = getenv("FAKECAM_MODE"),
             *size = getenv("FAKECAM_FRAME_BYTES");
  char name[8];
  if (!node || !control || !path || !mode || !size ||
      sscanf(mode, "%7[a-z0-9]:%dx%d:%d", name, &width, &height, &fps) != 4) {
    node = NULL;
    return;
  }
  fourcc = !strcmp(name, "mjpeg")  ? V4L2_PIX_FMT_MJPEG
           : !strcmp(name, "nv12") ? V4L2_PIX_FMT_NV12
                                   : V4L2_PIX_FMT_YUYV;
  frame_bytes = strtoul(size, NULL, 10);
  int fd = real_open(path, O_RDONLY | O_CLOEXEC);
  struct stat info;
  if (fd < 0 || fstat(fd, &info) || !frame_bytes) {
    node = NULL;
    return;
  }
  frame_count = info.st_size / frame_bytes;
  clip = real_mmap(NULL, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  real_close(fd);
  if (clip == MAP_FAILED || !frame_count) node = NULL;
  buffer_bytes = (frame_bytes + 4095) & ~4095UL;
}

static void start(void) { pthread_once(&once, load); }

static int fail(int error) {
  errno = error;
  return -1;
}

static int fault(const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", control, name);
  return access(path, F_OK) == 0;
}

static void light(int on) {
  char path[512];
  snprintf(path, sizeof path, "%s/light", control);
  if (!on) {
    unlink(path);
    return;
  }
  int fd = real_open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (fd >= 0) real_close(fd);
}

static struct handle *find(int fd) {
  for (int i = 0; fd > 0 && i < HANDLES; i++)
    if (handles[i].fd == fd) return &handles[i];
  return NULL;
}

static int open_camera(void) {
  if (fault("denied")) return fail(EACCES);
  if (fault("busy")) return fail(EBUSY);
  if (fault("gone")) return fail(ENODEV);
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  pthread_mutex_lock(&lock);
  for (int i = 0; i < HANDLES; i++)
    if (handles[i].fd == 0) {
      handles[i] = (struct handle){.fd = fd, .memfd = -1};
      break;
    }
  pthread_mutex_unlock(&lock);
  return fd;
}

static int is_camera(const char *path) {
  return node && path && strcmp(path, node) == 0;
}

static mode_t mode_of(int flags, va_list arguments) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN_MODE(last)            \
  va_list arguments;               \
  va_start(arguments, last);       \
  mode_t mode = mode_of(flags, arguments); \
  va_end(arguments)

int open(const char *path, int flags, ...) {
  start();
  OPEN_MODE(flags);
  return is_camera(path) ? open_camera() : real_open(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  start();
  OPEN_MODE(flags);
  return is_camera(path) ? open_camera() : real_open64(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
  start();
  OPEN_MODE(flags);
  return is_camera(path) ? open_camera() : real_openat(folder, path, flags, mode);
}

int close(int fd) {
  start();
  pthread_mutex_lock(&lock);
  struct handle *camera = find(fd);
  if (camera) {
    if (camera->streaming) light(0);
    if (camera->memory) munmap(camera->memory, buffer_bytes * BUFFERS);
    if (camera->memfd >= 0) real_close(camera->memfd);
    camera->fd = 0;
  }
  pthread_mutex_unlock(&lock);
  return real_close(fd);
}

void *mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset) {
  start();
  struct handle *camera = find(fd);
  if (camera && camera->memfd >= 0) fd = camera->memfd;
  return real_mmap(at, size, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset) {
  return mmap(at, size, protection, flags, fd, offset);
}

static int describe(struct v4l2_pix_format *format) {
  format->width = width;
  format->height = height;
  format->pixelformat = fourcc;
  format->field = V4L2_FIELD_NONE;
  format->bytesperline = fourcc == V4L2_PIX_FMT_YUYV   ? width * 2
                         : fourcc == V4L2_PIX_FMT_NV12 ? width
                                                       : 0;
  format->sizeimage = buffer_bytes;
  format->colorspace = V4L2_COLORSPACE_SRGB;
  return 0;
}

static int request_buffers(struct handle *camera, struct v4l2_requestbuffers *request) {
  if (request->memory != V4L2_MEMORY_MMAP) return fail(EINVAL);
  if (request->count > BUFFERS) request->count = BUFFERS;
  camera->buffers = request->count;
  camera->queued_count = 0;
  if (request->count && camera->memfd < 0) {
    camera->memfd = memfd_create("fakecam", MFD_CLOEXEC);
    if (ftruncate(camera->memfd, buffer_bytes * BUFFERS)) return fail(ENOMEM);
    camera->memory = real_mmap(NULL, buffer_bytes * BUFFERS, PROT_READ | PROT_WRITE,
                               MAP_SHARED, camera->memfd, 0);
  }
  request->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
  return 0;
}

static int query_buffer(struct handle *camera, struct v4l2_buffer *buffer) {
  if ((int)buffer->index >= camera->buffers) return fail(EINVAL);
  buffer->memory = V4L2_MEMORY_MMAP;
  buffer->length = buffer_bytes;
  buffer->m.offset = buffer->index * buffer_bytes;
  buffer->flags = V4L2_BUF_FLAG_MAPPED;
  return 0;
}

static int queue_buffer(struct handle *camera, struct v4l2_buffer *buffer) {
  if ((int)buffer->index >= camera->buffers) return fail(EINVAL);
  pthread_mutex_lock(&lock);
  if (camera->queued_count < BUFFERS)
    camera->queued[camera->queued_count++] = buffer->index;
  pthread_mutex_unlock(&lock);
  return 0;
}

static int take_buffer(struct handle *camera, struct v4l2_buffer *buffer) {
  uint64_t ticks;
  if (!camera->streaming) return fail(EINVAL);
  if (read(camera->fd, &ticks, sizeof ticks) != sizeof ticks || fault("frozen"))
    return fail(EAGAIN);
  pthread_mutex_lock(&lock);
  camera->sequence += ticks;
  if (!camera->queued_count) {
    pthread_mutex_unlock(&lock);
    return fail(EAGAIN);
  }
  int index = camera->queued[0];
  memmove(camera->queued, camera->queued + 1, sizeof(int) * --camera->queued_count);
  memcpy(camera->memory + index * buffer_bytes,
         clip + (camera->sequence - 1) % frame_count * frame_bytes, frame_bytes);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  buffer->index = index;
  buffer->bytesused = frame_bytes;
  buffer->length = buffer_bytes;
  buffer->m.offset = index * buffer_bytes;
  buffer->memory = V4L2_MEMORY_MMAP;
  buffer->field = V4L2_FIELD_NONE;
  buffer->sequence = camera->sequence;
  buffer->flags =
      V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_DONE | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
  buffer->timestamp.tv_sec = now.tv_sec;
  buffer->timestamp.tv_usec = now.tv_nsec / 1000;
  pthread_mutex_unlock(&lock);
  return 0;
}

static int stream(struct handle *camera, int on) {
  if (on && fault("stream-busy")) return fail(EBUSY);
  long interval_ns = on ? 1000000000L / fps : 0;
  struct itimerspec timer = {{0, interval_ns}, {0, interval_ns}};
  camera->streaming = on;
  if (on)
    camera->sequence = 0;
  else
    camera->queued_count = 0;
  timerfd_settime(camera->fd, 0, &timer, NULL);
  light(on);
  return 0;
}

int ioctl(int fd, unsigned long request, ...) {
  start();
  va_list arguments;
  va_start(arguments, request);
  void *a = va_arg(arguments, void *);
  va_end(arguments);
  struct handle *camera = find(fd);
  if (!camera) return real_ioctl(fd, request, a);
  if (fault("gone")) return fail(ENODEV);
  switch ((unsigned)request) {
    case VIDIOC_QUERYCAP: {
      struct v4l2_capability *c = a;
      memset(c, 0, sizeof *c);
      strcpy((char *)c->driver, "fakecam");
      strcpy((char *)c->card, "Test Webcam");
      strcpy((char *)c->bus_info, "usb-test-1");
      c->version = 0x60000;
      c->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
      c->capabilities = c->device_caps | V4L2_CAP_DEVICE_CAPS;
      return 0;
    }
    case VIDIOC_ENUM_FMT: {
      struct v4l2_fmtdesc *f = a;
      if (f->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || f->index > 0) return fail(EINVAL);
      f->flags = fourcc == V4L2_PIX_FMT_MJPEG ? V4L2_FMT_FLAG_COMPRESSED : 0;
      strcpy((char *)f->description, "Test format");
      f->pixelformat = fourcc;
      return 0;
    }
    case VIDIOC_ENUM_FRAMESIZES: {
      struct v4l2_frmsizeenum *f = a;
      if (f->index > 0) return fail(EINVAL);
      f->type = V4L2_FRMSIZE_TYPE_DISCRETE;
      f->discrete.width = width;
      f->discrete.height = height;
      return 0;
    }
    case VIDIOC_ENUM_FRAMEINTERVALS: {
      struct v4l2_frmivalenum *f = a;
      if (f->index > 0) return fail(EINVAL);
      f->type = V4L2_FRMIVAL_TYPE_DISCRETE;
      f->discrete.numerator = 1;
      f->discrete.denominator = fps;
      return 0;
    }
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
    case VIDIOC_TRY_FMT: {
      struct v4l2_format *f = a;
      if (f->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fail(EINVAL);
      return describe(&f->fmt.pix);
    }
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: {
      struct v4l2_streamparm *p = a;
      p->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
      p->parm.capture.timeperframe.numerator = 1;
      p->parm.capture.timeperframe.denominator = fps;
      return 0;
    }
    case VIDIOC_ENUMINPUT: {
      struct v4l2_input *i = a;
      if (i->index > 0) return fail(EINVAL);
      strcpy((char *)i->name, "Camera 1");
      i->type = V4L2_INPUT_TYPE_CAMERA;
      i->status = 0;
      i->std = 0;
      return 0;
    }
    case VIDIOC_G_INPUT:
      *(int *)a = 0;
      return 0;
    case VIDIOC_S_INPUT:
      return 0;
    case VIDIOC_REQBUFS:
      return request_buffers(camera, a);
    case VIDIOC_QUERYBUF:
      return query_buffer(camera, a);
    case VIDIOC_QBUF:
      return queue_buffer(camera, a);
    case VIDIOC_DQBUF:
      return take_buffer(camera, a);
    case VIDIOC_STREAMON:
      return stream(camera, 1);
    case VIDIOC_STREAMOFF:
      return stream(camera, 0);
    case VIDIOC_QUERYCTRL:
    case VIDIOC_QUERY_EXT_CTRL:
      return fail(EINVAL);
    default:
      return fail(ENOTTY);
  }
}
