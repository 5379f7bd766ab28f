package org.tenon.hv.nvme;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What the controller keeps: its life, its queues and what waits in them. Registers, features,
 * events, interrupts and logs are records of their own.
 *
 * @param phase DISABLED, READY or FATAL; a controller that is being reset is not saved
 * @param shutdown NONE, UNDER_WAY or COMPLETE
 * @param completionQueues in the order of their ids, the admin queue first
 * @param submissionQueues likewise
 * @param answers admin commands that wait for room in the admin completion queue, oldest first
 * @param flushing whether a shutdown waits for a flush
 * @param commands I/O commands that wait for completion, for each queue in the order of staging
 */
@StateFormat(name = "nvme", version = 1)
public record NvmeState(
    String phase,
    String shutdown,
    List<CompletionQueueState> completionQueues,
    List<SubmissionQueueState> submissionQueues,
    List<Answer> answers,
    boolean flushing,
    List<IoCommandState> commands) {
  /** Checks the parts against one another. */
  public NvmeState {
    completionQueues = List.copyOf(completionQueues);
    submissionQueues = List.copyOf(submissionQueues);
    answers = List.copyOf(answers);
    commands = List.copyOf(commands);
    NvmeController.Phase life = NvmeController.Phase.valueOf(phase);
    NvmeController.Shutdown.valueOf(shutdown);
    boolean ready = life == NvmeController.Phase.READY;
    boolean empty =
        completionQueues.isEmpty()
            && submissionQueues.isEmpty()
            && answers.isEmpty()
            && !flushing
            && commands.isEmpty();
    boolean admin =
        !completionQueues.isEmpty()
            && completionQueues.getFirst().id() == 0
            && !submissionQueues.isEmpty()
            && submissionQueues.getFirst().id() == 0
            && submissionQueues.getFirst().completions() == 0;
    if (life == NvmeController.Phase.RESETTING || !(ready ? admin : empty)) {
      throw new IllegalArgumentException("no NVMe controller that is " + phase);
    }
  }

  /** An admin completion that waits for room. */
  public record Answer(int command, int status, int result) {
    /** Checks the range. */
    public Answer {
      if (command >>> 16 != 0) {
        throw new IllegalArgumentException("no admin command " + command);
      }
    }
  }
}
