/* A pretended camera for machines without one: preloaded into a program, it answers
 * the V4L2 calls that the program makes on one device node. The node must exist, but
 * it is never opened. One format, memory-mapped streaming, any number of openings.
 *
 *   PRETENDED_CAMERA=/dev/video9           the node to answer for
 *   PRETENDED_CAMERA_CLIP=clip.yuyv        frames one after another: raw YUYV,
 *                                          or JPEG pictures if it ends in .mjpeg
 *   PRETENDED_CAMERA_MODE=640x360@30       size and rate of the clip
 *   PRETENDED_CAMERA_FAULT=file            its text is the fault in force now:
 *                                          busy, denied or gone (unplugged)
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

enum { MAX_BUFFERS = 8, MAX_OPENINGS = 16, MAX_FRAMES = 4096 };

struct frame { size_t offset, length; };

struct opening {           /* one open file descriptor of the camera */
    int fd;                /* a timerfd: readable whenever a frame is due; 0 = free */
    int memory_fd;         /* the buffers, or -1 before REQBUFS */
    uint8_t *memory;
    int buffers, blocking, streaming;
    int queue[MAX_BUFFERS], queued;
    uint32_t sequence;
};

static struct opening openings[MAX_OPENINGS];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *node, *fault_file;
static uint8_t *clip;
static struct frame frames[MAX_FRAMES];
static int frame_count, width, height, rate, is_jpeg;
static size_t buffer_size;

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static int (*real_ioctl)(int, unsigned long, ...);
static void *(*real_mmap)(void *, size_t, int, int, int, off_t);

static void add_frame(size_t offset, size_t length)
{
    if (frame_count == MAX_FRAMES) return;
    frames[frame_count++] = (struct frame){offset, length};
    if (length > buffer_size) buffer_size = length;
}

static void find_frames(size_t length)
{
    buffer_size = (size_t)width * height * 2;
    if (!is_jpeg) {
        size_t step = buffer_size;
        for (size_t at = 0; at + step <= length; at += step) add_frame(at, step);
    } else {
        size_t start = 0;
        for (size_t at = 0; at + 2 < length; at++) {
            if (clip[at] != 0xff) continue;
            if (clip[at + 1] == 0xd8 && clip[at + 2] == 0xff) start = at;
            if (clip[at + 1] == 0xd9) add_frame(start, at + 2 - start);
        }
        if (length > 1 && clip[length - 2] == 0xff && clip[length - 1] == 0xd9)
            add_frame(start, length - start);
    }
    buffer_size = (buffer_size + 4095) & ~(size_t)4095;
}

static void start(void)
{
    real_open = dlsym(RTLD_NEXT, "open64");
    real_openat = dlsym(RTLD_NEXT, "openat64");
    real_close = dlsym(RTLD_NEXT, "close");
    real_ioctl = dlsym(RTLD_NEXT, "ioctl");
    real_mmap = dlsym(RTLD_NEXT, "mmap64");
    const char *path = getenv("PRETENDED_CAMERA_CLIP");
    const char *mode = getenv("PRETENDED_CAMERA_MODE");
    const char *wanted = getenv("PRETENDED_CAMERA");
    fault_file = getenv("PRETENDED_CAMERA_FAULT");
    if (!path || !mode || !wanted) return;
    if (sscanf(mode, "%dx%d@%d", &width, &height, &rate) != 3) return;
    if (width < 2 || height < 2 || rate < 1) return;
    size_t end = strlen(path);
    is_jpeg = end > 6 && strcmp(path + end - 6, ".mjpeg") == 0;
    int fd = real_open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (fd < 0 || fstat(fd, &about) < 0) return;
    clip = real_mmap(NULL, about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    real_close(fd);
    if (clip == MAP_FAILED) return;
    find_frames(about.st_size);
    if (frame_count) node = wanted;
}

static int fail(int code) { errno = code; return -1; }

static int present_fault(void)
{
    char word[16] = "";
    int fd = fault_file ? real_open(fault_file, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return 0;
    ssize_t n = read(fd, word, sizeof word - 1);
    real_close(fd);
    if (n <= 0) return 0;
    if (!strncmp(word, "busy", 4)) return EBUSY;
    if (!strncmp(word, "denied", 6)) return EACCES;
    return strncmp(word, "gone", 4) ? 0 : ENODEV;
}

static struct opening *find(int fd)
{
    if (fd <= 0) return NULL;
    for (int i = 0; i < MAX_OPENINGS; i++)
        if (openings[i].fd == fd) return &openings[i];
    return NULL;
}

static int is_camera(const char *path)
{
    pthread_once(&once, start);
    return node && path && strcmp(path, node) == 0;
}

static int open_camera(int flags)
{
    int fault = present_fault();
    if (fault) return fail(fault);
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0) return -1;
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < MAX_OPENINGS; i++)
        if (openings[i].fd == 0) {
            openings[i] = (struct opening){
                .fd = fd, .memory_fd = -1, .blocking = !(flags & O_NONBLOCK)};
            pthread_mutex_unlock(&mutex);
            return fd;
        }
    pthread_mutex_unlock(&mutex);
    real_close(fd);
    return fail(EBUSY);
}

#define MODE_ARGUMENT(flags, mode)                        \
    mode_t mode = 0;                                      \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                \
        va_list list;                                     \
        va_start(list, flags);                            \
        mode = va_arg(list, mode_t);                      \
        va_end(list);                                     \
    }

int open(const char *path, int flags, ...)
{
    MODE_ARGUMENT(flags, mode)
    return is_camera(path) ? open_camera(flags) : real_open(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE_ARGUMENT(flags, mode)
    return is_camera(path) ? open_camera(flags) : real_open(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    MODE_ARGUMENT(flags, mode)
    return is_camera(path) ? open_camera(flags) : real_openat(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
    MODE_ARGUMENT(flags, mode)
    return is_camera(path) ? open_camera(flags) : real_openat(folder, path, flags, mode);
}

int close(int fd)
{
    pthread_once(&once, start);
    pthread_mutex_lock(&mutex);
    struct opening *camera = find(fd);
    if (camera) {
        if (camera->memory) munmap(camera->memory, buffer_size * MAX_BUFFERS);
        if (camera->memory_fd >= 0) real_close(camera->memory_fd);
        camera->fd = 0;
    }
    pthread_mutex_unlock(&mutex);
    return real_close(fd);
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
    pthread_once(&once, start);
    struct opening *camera = find(fd);
    if (camera && camera->memory_fd >= 0) fd = camera->memory_fd;
    return real_mmap(at, length, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t length, int protection, int flags, int fd, off64_t offset)
{
    return mmap(at, length, protection, flags, fd, offset);
}

static int request_buffers(struct opening *camera, struct v4l2_requestbuffers *request)
{
    if (request->memory != V4L2_MEMORY_MMAP) return fail(EINVAL);
    if (request->count > MAX_BUFFERS) request->count = MAX_BUFFERS;
    camera->buffers = request->count;
    camera->queued = 0;
    if (request->count && camera->memory_fd < 0) {
        size_t size = buffer_size * MAX_BUFFERS;
        camera->memory_fd = memfd_create("pretended camera", MFD_CLOEXEC);
        if (camera->memory_fd < 0 || ftruncate(camera->memory_fd, size)) return fail(ENOMEM);
        camera->memory = real_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
                                   camera->memory_fd, 0);
    }
    request->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
    return 0;
}

static int queue_buffer(struct opening *camera, struct v4l2_buffer *buffer)
{
    if (buffer->memory != V4L2_MEMORY_MMAP) return fail(EINVAL);
    if ((int)buffer->index >= camera->buffers) return fail(EINVAL);
    pthread_mutex_lock(&mutex);
    if (camera->queued < MAX_BUFFERS) camera->queue[camera->queued++] = buffer->index;
    pthread_mutex_unlock(&mutex);
    return 0;
}

static int take_buffer(struct opening *camera, struct v4l2_buffer *buffer)
{
    uint64_t due;
    if (present_fault() == ENODEV) return fail(ENODEV);
    if (!camera->streaming) return fail(EINVAL);
    struct pollfd wait = {camera->fd, POLLIN, 0};
    if (camera->blocking) poll(&wait, 1, 2000);
    if (read(camera->fd, &due, sizeof due) != sizeof due) return fail(EAGAIN);
    pthread_mutex_lock(&mutex);
    camera->sequence += due;
    if (!camera->queued) {
        pthread_mutex_unlock(&mutex);
        return fail(EAGAIN);
    }
    int index = camera->queue[0];
    memmove(camera->queue, camera->queue + 1, --camera->queued * sizeof(int));
    struct frame frame = frames[(camera->sequence - 1) % frame_count];
    memcpy(camera->memory + index * buffer_size, clip + frame.offset, frame.length);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    buffer->index = index;
    buffer->bytesused = frame.length;
    buffer->length = buffer_size;
    buffer->m.offset = index * buffer_size;
    buffer->field = V4L2_FIELD_NONE;
    buffer->sequence = camera->sequence;
    buffer->flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer->timestamp = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    pthread_mutex_unlock(&mutex);
    return 0;
}

static int stream(struct opening *camera, int on)
{
    long period = on ? 1000000000L / rate : 0;
    struct timespec each = {period / 1000000000L, period % 1000000000L};
    struct itimerspec timer = {each, each};
    camera->streaming = on;
    camera->sequence = 0;
    if (!on) camera->queued = 0;
    return timerfd_settime(camera->fd, 0, &timer, NULL);
}

static int describe(struct v4l2_capability *about)
{
    memset(about, 0, sizeof *about);
    strcpy((char *)about->driver, "pretended");
    strcpy((char *)about->card, "Pretended Camera");
    strcpy((char *)about->bus_info, "usb-pretended-1");
    about->version = 0x60000;
    about->device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
    about->capabilities = about->device_caps | V4L2_CAP_DEVICE_CAPS;
    return 0;
}

static int name_format(struct v4l2_fmtdesc *format)
{
    if (format->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || format->index) return fail(EINVAL);
    format->flags = is_jpeg ? V4L2_FMT_FLAG_COMPRESSED : 0;
    format->pixelformat = is_jpeg ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
    strcpy((char *)format->description, is_jpeg ? "Motion-JPEG" : "YUYV 4:2:2");
    return 0;
}

static int set_format(struct v4l2_format *format)
{
    if (format->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return fail(EINVAL);
    struct v4l2_pix_format *picture = &format->fmt.pix;
    picture->width = width;
    picture->height = height;
    picture->pixelformat = is_jpeg ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
    picture->field = V4L2_FIELD_NONE;
    picture->bytesperline = is_jpeg ? 0 : width * 2;
    picture->sizeimage = buffer_size;
    picture->colorspace = is_jpeg ? V4L2_COLORSPACE_JPEG : V4L2_COLORSPACE_SRGB;
    picture->priv = 0;
    return 0;
}

static int name_size(struct v4l2_frmsizeenum *size)
{
    if (size->index) return fail(EINVAL);
    size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
    size->discrete.width = width;
    size->discrete.height = height;
    return 0;
}

static int name_interval(struct v4l2_frmivalenum *interval)
{
    if (interval->index) return fail(EINVAL);
    interval->type = V4L2_FRMIVAL_TYPE_DISCRETE;
    interval->discrete = (struct v4l2_fract){1, rate};
    return 0;
}

static int set_rate(struct v4l2_streamparm *parameters)
{
    parameters->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    parameters->parm.capture.timeperframe = (struct v4l2_fract){1, rate};
    return 0;
}

static int name_input(struct v4l2_input *input)
{
    if (input->index) return fail(EINVAL);
    strcpy((char *)input->name, "Camera 1");
    input->type = V4L2_INPUT_TYPE_CAMERA;
    input->status = 0;
    input->std = 0;
    return 0;
}

static int query_buffer(struct opening *camera, struct v4l2_buffer *buffer)
{
    if ((int)buffer->index >= camera->buffers) return fail(EINVAL);
    buffer->memory = V4L2_MEMORY_MMAP;
    buffer->length = buffer_size;
    buffer->m.offset = buffer->index * buffer_size;
    buffer->flags = V4L2_BUF_FLAG_MAPPED;
    return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    pthread_once(&once, start);
    struct opening *camera = find(fd);
    if (!camera) return real_ioctl(fd, request, argument);
    switch ((unsigned)request) {
    case VIDIOC_QUERYCAP: return describe(argument);
    case VIDIOC_ENUM_FMT: return name_format(argument);
    case VIDIOC_ENUM_FRAMESIZES: return name_size(argument);
    case VIDIOC_ENUM_FRAMEINTERVALS: return name_interval(argument);
    case VIDIOC_G_FMT:
    case VIDIOC_S_FMT:
    case VIDIOC_TRY_FMT: return set_format(argument);
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM: return set_rate(argument);
    case VIDIOC_ENUMINPUT: return name_input(argument);
    case VIDIOC_G_INPUT: *(int *)argument = 0; return 0;
    case VIDIOC_S_INPUT: return 0;
    case VIDIOC_REQBUFS: return request_buffers(camera, argument);
    case VIDIOC_QUERYBUF: return query_buffer(camera, argument);
    case VIDIOC_QBUF: return queue_buffer(camera, argument);
    case VIDIOC_DQBUF: return take_buffer(camera, argument);
    case VIDIOC_STREAMON: return stream(camera, 1);
    case VIDIOC_STREAMOFF: return stream(camera, 0);
    case FIONBIO: camera->blocking = !*(int *)argument; return 0;
    case VIDIOC_QUERYCTRL:
    case VIDIOC_QUERY_EXT_CTRL: return fail(EINVAL);
    default: return fail(ENOTTY);
    }
}
