package org.tenon.hv.nvme;

import java.lang.foreign.MemorySegment;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;
import org.tenon.hv.pci.PciIdentity;

/** Carries out admin commands (chapter 5). Run-loop thread. */
final class AdminCommands {
  static final int DELETE_SQ = 0x00;
  static final int CREATE_SQ = 0x01;
  static final int GET_LOG_PAGE = 0x02;
  static final int DELETE_CQ = 0x04;
  static final int CREATE_CQ = 0x05;
  static final int IDENTIFY = 0x06;
  static final int ABORT = 0x08;
  static final int SET_FEATURES = 0x09;
  static final int GET_FEATURES = 0x0a;
  static final int EVENT_REQUEST = 0x0c;

  /** The answer comes later. */
  static final int LATER = -1;

  private static final int CONTIGUOUS = 1;
  private static final int INTERRUPTS = 1 << 1;
  private static final int RETAIN_EVENT = 1 << 15;
  private static final int NOT_ABORTED = 1;

  private final NvmeController controller;
  private final PciIdentity identity;
  private final GuestMemory memory;
  private final DataPointer pointer;
  private int result;

  AdminCommands(NvmeController controller, PciIdentity identity, GuestMemory memory) {
    this.controller = controller;
    this.identity = identity;
    this.memory = memory;
    pointer = new DataPointer(memory);
  }

  /** What the completion of the last command carries in its first word. */
  int result() {
    return result;
  }

  /** Carries one out; a {@link NvmeStatus}, or {@link #LATER}. */
  int execute(NvmeCommand command) {
    result = 0;
    if (command.isFused() || command.transferKind() != 0) {
      return NvmeStatus.INVALID_FIELD;
    }
    return switch (command.opcode()) {
      case DELETE_SQ -> deleteSubmissionQueue(command);
      case CREATE_SQ -> createSubmissionQueue(command);
      case GET_LOG_PAGE -> logPage(command);
      case DELETE_CQ -> deleteCompletionQueue(command);
      case CREATE_CQ -> createCompletionQueue(command);
      case IDENTIFY -> identify(command);
      case ABORT -> abort(command);
      case SET_FEATURES -> {
        int status = controller.features().set(command);
        result = controller.features().result();
        yield status;
      }
      case GET_FEATURES -> {
        int status = controller.features().get(command);
        result = controller.features().result();
        yield status;
      }
      case EVENT_REQUEST ->
          controller.events().request(command.id()) ? LATER : NvmeStatus.TOO_MANY_EVENT_REQUESTS;
      default -> NvmeStatus.INVALID_OPCODE;
    };
  }

  private int createCompletionQueue(NvmeCommand command) {
    int id = command.word(10) & 0xffff;
    int size = (command.word(10) >>> 16) + 1;
    int vector = command.word(11) >>> 16;
    boolean interrupts = (command.word(11) & INTERRUPTS) != 0;
    if (!controller.isQueueId(id) || controller.completionQueue(id) != null) {
      return NvmeStatus.INVALID_QUEUE_ID;
    }
    if (size < 2 || size > NvmeController.MOST_ENTRIES) {
      return NvmeStatus.INVALID_QUEUE_SIZE;
    }
    if (interrupts && vector >= controller.vectors()) {
      return NvmeStatus.INVALID_VECTOR;
    }
    int bad = checkPlace(command);
    if (bad != NvmeStatus.SUCCESS) {
      return bad;
    }
    CompletionQueue queue =
        CompletionQueue.at(
            id, size, command.pointer1(), interrupts ? vector : 0, interrupts, memory);
    if (queue == null) {
      return NvmeStatus.DATA_TRANSFER_ERROR;
    }
    controller.add(queue);
    return NvmeStatus.SUCCESS;
  }

  private int createSubmissionQueue(NvmeCommand command) {
    int id = command.word(10) & 0xffff;
    int size = (command.word(10) >>> 16) + 1;
    int completionsId = command.word(11) >>> 16;
    CompletionQueue completions =
        controller.isQueueId(completionsId) ? controller.completionQueue(completionsId) : null;
    if (completions == null) {
      return controller.isQueueId(completionsId)
          ? NvmeStatus.INVALID_COMPLETION_QUEUE
          : NvmeStatus.INVALID_QUEUE_ID;
    }
    if (!controller.isQueueId(id) || controller.ioQueue(id).submissions() != null) {
      return NvmeStatus.INVALID_QUEUE_ID;
    }
    if (size < 2 || size > NvmeController.MOST_ENTRIES) {
      return NvmeStatus.INVALID_QUEUE_SIZE;
    }
    int bad = checkPlace(command);
    if (bad != NvmeStatus.SUCCESS) {
      return bad;
    }
    SubmissionQueue queue = SubmissionQueue.at(id, size, command.pointer1(), completions, memory);
    if (queue == null) {
      return NvmeStatus.DATA_TRANSFER_ERROR;
    }
    completions.addUser();
    controller.ioQueue(id).start(queue);
    return NvmeStatus.SUCCESS;
  }

  /** Queues are contiguous, as CAP.CQR says, and start at a page. */
  private static int checkPlace(NvmeCommand command) {
    if ((command.word(11) & CONTIGUOUS) == 0) {
      return NvmeStatus.INVALID_FIELD;
    }
    return (command.pointer1() & (DataPointer.PAGE - 1)) != 0
        ? NvmeStatus.INVALID_PRP_OFFSET
        : NvmeStatus.SUCCESS;
  }

  /** Completes when the commands that were taken from the queue have. */
  private int deleteSubmissionQueue(NvmeCommand command) {
    int id = command.word(10) & 0xffff;
    SubmissionQueue queue = controller.isQueueId(id) ? controller.ioQueue(id).submissions() : null;
    if (queue == null || controller.ioQueue(id).isDraining()) {
      return NvmeStatus.INVALID_QUEUE_ID;
    }
    controller.delete(queue, command.id());
    return LATER;
  }

  private int deleteCompletionQueue(NvmeCommand command) {
    int id = command.word(10) & 0xffff;
    CompletionQueue queue = controller.isQueueId(id) ? controller.completionQueue(id) : null;
    if (queue == null) {
      return NvmeStatus.INVALID_QUEUE_ID;
    }
    if (queue.users() > 0) {
      return NvmeStatus.INVALID_QUEUE_DELETION;
    }
    controller.remove(queue);
    return NvmeStatus.SUCCESS;
  }

  private int identify(NvmeCommand command) {
    Namespace namespace = controller.namespace();
    int id = command.namespace();
    byte[] answer;
    switch (command.word(10) & 0xff) {
      case 0 -> {
        if (id != Namespace.ID) {
          return NvmeStatus.INVALID_NAMESPACE;
        }
        answer = Identify.namespace(namespace);
      }
      case 1 -> answer = Identify.controller(identity, namespace);
      case 2 -> {
        if (Integer.compareUnsigned(id, 0xfffffffe) >= 0) {
          return NvmeStatus.INVALID_NAMESPACE;
        }
        answer = Identify.namespaceList(id);
      }
      case 3 -> {
        if (id != Namespace.ID) {
          return NvmeStatus.INVALID_NAMESPACE;
        }
        answer = Identify.descriptors(namespace);
      }
      default -> {
        return NvmeStatus.INVALID_FIELD;
      }
    }
    return send(command, answer, 0, answer.length);
  }

  private int logPage(NvmeCommand command) {
    int page = command.word(10) & 0xff;
    long words = (command.word(10) >>> 16) | (long) (command.word(11) & 0xffff) << 16;
    long offset = Integer.toUnsignedLong(command.word(12)) | (long) command.word(13) << 32;
    byte[] contents = controller.logs().read(page, controller.namespace());
    if (contents == null) {
      return NvmeStatus.INVALID_LOG_PAGE;
    }
    if ((offset & 3) != 0 || offset < 0 || offset > contents.length) {
      return NvmeStatus.INVALID_FIELD;
    }
    if ((command.word(10) & RETAIN_EVENT) == 0) {
      controller.events().read(page);
    }
    long length = Math.min(4 * (words + 1), contents.length - offset);
    return send(command, contents, (int) offset, (int) length);
  }

  private int send(NvmeCommand command, byte[] from, int first, int length) {
    Copy copy = new Copy(from, first);
    return length == 0 ? NvmeStatus.SUCCESS : pointer.walk(command, length, copy);
  }

  /** Copies bytes into guest memory, piece by piece. */
  private static final class Copy implements DataPointer.Sink {
    private final MemorySegment from;
    private long at;

    Copy(byte[] bytes, int first) {
      from = MemorySegment.ofArray(bytes);
      at = first;
    }

    @Override
    public boolean add(MemoryRegion region, long offset, long length) {
      MemorySegment.copy(from, at, region.segment(), offset, length);
      region.markDirty(offset, length);
      at += length;
      return true;
    }
  }

  /**
   * Ends an event request that waits. Other commands cannot be stopped, since drivers are not asked
   * to, and are reported as not aborted.
   */
  private int abort(NvmeCommand command) {
    int queue = command.word(10) & 0xffff;
    int id = command.word(10) >>> 16;
    if (queue == 0 && controller.events().abort(id)) {
      controller.answer(id, NvmeStatus.ABORT_REQUESTED, 0);
    } else {
      result = NOT_ABORTED;
    }
    return NvmeStatus.SUCCESS;
  }
}
