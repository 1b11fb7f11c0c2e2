package io.aegisflux.segmentation.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BankSizeTest {
    @Test
    void isTheLargestWhereTheKernelTakesIt() {
        assertThat(BankSize.largest(bytes -> true)).isEqualTo(BankSize.LARGEST);
        assertThat(BankSize.LARGEST.valueBytes()).isEqualTo(Structs.BANK.byteSize());
    }

    @Test
    void isTwoMebibytesWhereAValueMayHaveFour() {
        BankSize size = BankSize.largest(bytes -> bytes <= 4 << 20);
        assertThat(size.tableBytes()).isEqualTo(2 << 20);
        assertThat(size.valueBytes()).isGreaterThan(2 << 20);
    }

    @Test
    void isKnownByTheMapItWasMadeFor() {
        BankSize size = new BankSize(1 << 19);
        assertThat(BankSize.ofValue(size.valueBytes())).isEqualTo(size);
        assertThatThrownBy(() -> BankSize.ofValue(4096)).isInstanceOf(IllegalArgumentException.class);
    }
}
