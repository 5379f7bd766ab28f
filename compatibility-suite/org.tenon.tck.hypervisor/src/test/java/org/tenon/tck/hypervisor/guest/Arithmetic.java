package org.tenon.tck.hypervisor.guest;

/**
 * A program of every instruction that the image builder knows, over values that a generator
 * chooses. It runs in an image, and its {@link #result} on a Java virtual machine.
 */
public final class Arithmetic {
  private static int calls;
  private static long total;
  private static boolean odd;

  private Arithmetic() {}

  static void main() {
    long result = result(12345);
    for (int i = 60; i >= 0; i -= 4) {
      Console.put("0123456789abcdef".charAt((int) (result >>> i) & 15));
    }
    Console.put('\n');
    Report.begin();
    Acpi.probe();
    PowerOff.now();
  }

  /** A sum over everything; the same for the same seed. */
  public static long result(int seed) {
    calls = 0;
    total = 0;
    long state = seed;
    for (int i = 0; i < 2000; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      int a = (int) (state >>> 33);
      int b = (int) state;
      total = total * 31 + ints(a, b);
      total ^= longs(state, ((long) a << 20) - b);
      total += branches(a % 7, b) + choose(i % 9) * 1_000_003L;
      total = mixed(a, total, (byte) b, state, i);
    }
    return total ^ calls;
  }

  private static int ints(int a, int b) {
    calls++;
    int sum = a + b - (a ^ b) * 3;
    sum += a / ((b | 1) == -1 ? 1 : b | 1);
    sum -= a % ((b | 1) == -1 ? 1 : b | 1);
    sum ^= a << b ^ a >> b ^ a >>> b;
    sum += -a & b | ~a;
    sum += (byte) a + (short) b + (char) a;
    return sum;
  }

  private static long longs(long a, long b) {
    calls++;
    long sum = a + b - (a ^ b) * 7;
    sum += a / ((b | 1) == -1 ? 1 : b | 1);
    sum -= a % ((b | 1) == -1 ? 1 : b | 1);
    sum ^= a << (int) b ^ a >> (int) b ^ a >>> (int) b;
    sum += -a & b | ~a;
    odd = (sum & 1) != 0;
    return a < b ? sum : a == b ? 5 : a > b && odd ? sum + 1 : sum - 1;
  }

  private static int branches(int a, int b) {
    int sum = a > b ? 1 : 2;
    sum += a >= b ? 4 : 8;
    sum += a < b ? 16 : 32;
    sum += a <= b ? 64 : 128;
    sum += a == b ? 256 : 512;
    sum += a > 0 ? 3 : a < 0 ? 5 : 7;
    sum += b >= 0 ? 11 : 13;
    sum += b <= 0 ? 17 : 19;
    sum += b != 0 ? "text".length() : "longer".charAt(b);
    return sum;
  }

  private static int choose(int which) {
    return switch (which) {
      case 0 -> 7;
      case 1, 2 -> 11;
      case 3 -> -1;
      case 1000 -> 13;
      default -> which * 2;
    };
  }

  /** Arguments and locals of both sizes, in and out of order. */
  private static long mixed(int a, long b, byte c, long d, int e) {
    int first = a;
    long second = b++;
    int third = first++ + ++first;
    first += 1000;
    total += second;
    long fourth = total++;
    return calls++ + first * third + b * 3 + c - d + e + fourth + (odd ? 1 : 0);
  }
}
