package io.aegisflux.segmentation.policy.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.aegisflux.segmentation.contracts.HostId;
import org.junit.jupiter.api.Test;

class DesiredBookTest {
    private static final HostId HOST = new HostId("host-a");
    private static final String TABLE = "a".repeat(64);
    private static final String ARTIFACT = "b".repeat(64);

    @Test
    void holdsTheLastWordOfEachHost() {
        DesiredBook book = DesiredBook.EMPTY.with(HOST, own(1, 2, 20)).with(HOST, own(1, 1, 10));
        assertThat(book.of(HOST).revision()).isEqualTo(2);
        assertThat(book.of(HOST).says(TABLE, ARTIFACT)).isTrue();
        assertThat(book.of(HOST).says(TABLE, null)).isFalse();
        assertThat(book.of(new HostId("host-b"))).isEqualTo(DesiredRecord.NONE);
    }

    @Test
    void afterAForeignMessageNothingIsSaidAndRevisionsGoOnAboveOurs() {
        DesiredBook book = DesiredBook.EMPTY.with(HOST, own(3, 7, 20)).with(HOST, new Word.Foreign(21, "forged"));
        DesiredRecord record = book.of(HOST);
        assertThat(record.says(TABLE, ARTIFACT)).isFalse();
        assertThat(record.isOverwritten()).isTrue();
        assertThat(record.streamSequence()).isEqualTo(21);
        assertThat(record.revision()).isGreaterThanOrEqualTo(7);
        assertThat(record.epoch()).isEqualTo(3);
    }

    @Test
    void whereOnlyAForeignMessageIsLeftRevisionsGoOnAboveAllThatCanHaveBeenSaid() {
        // Sixty words, each one message and one revision, then the forgery as message 61: the stream keeps that alone.
        DesiredBook afterRestart = DesiredBook.EMPTY.with(HOST, new Word.Foreign(61, "forged"));
        assertThat(afterRestart.of(HOST).revision() + 1).isGreaterThan(60);
    }

    @Test
    void instancesThatSawTheForgeryFromDifferentSidesAgreeOnWhatComesNext() {
        DesiredBook saw = DesiredBook.EMPTY.with(HOST, own(1, 7, 20)).with(HOST, new Word.Foreign(21, "forged"));
        DesiredBook startedAfter = DesiredBook.EMPTY.with(HOST, new Word.Foreign(21, "forged"));
        assertThat(saw.of(HOST).revision()).isEqualTo(startedAfter.of(HOST).revision());
    }

    @Test
    void anOlderWordOfOursThatWasWrittenAgainIsNotOurLatest() {
        DesiredBook book = DesiredBook.EMPTY.with(HOST, own(1, 7, 20)).with(HOST, own(1, 6, 21));
        assertThat(book.of(HOST).isOverwritten()).isTrue();
        assertThat(book.of(HOST).revision()).isGreaterThanOrEqualTo(7);
    }

    @Test
    void ourLatestWordWrittenAgainIsStillOurLatest() {
        DesiredBook book = DesiredBook.EMPTY.with(HOST, own(1, 7, 20)).with(HOST, own(1, 7, 21));
        assertThat(book.of(HOST).isOverwritten()).isFalse();
        assertThat(book.of(HOST).says(TABLE, ARTIFACT)).isTrue();
        assertThat(book.of(HOST).streamSequence()).isEqualTo(21);
    }

    @Test
    void aStreamThatWasMadeAnewIsFollowedAndRevisionsGoOn() {
        DesiredBook book = DesiredBook.EMPTY.with(HOST, own(1, 7, 20));
        assertThat(book.emptied(HOST).of(HOST).streamSequence()).isZero();
        assertThat(book.emptied(HOST).of(HOST).isOverwritten()).isFalse();
        assertThat(book.emptied(HOST).of(HOST).revision()).isEqualTo(7);
        assertThat(book.corrected(HOST, own(1, 8, 1)).of(HOST).streamSequence()).isEqualTo(1);
    }

    @Test
    void theEpochIsTheHighestThatAnyHostWasTold() {
        assertThat(DesiredBook.EMPTY.epoch()).isZero();
        assertThat(DesiredBook.EMPTY
                        .with(HOST, own(2, 1, 10))
                        .with(new HostId("host-b"), own(1, 9, 11))
                        .epoch())
                .isEqualTo(2);
    }

    private static Word own(long epoch, long revision, long sequence) {
        return new Word.Own(new DesiredRecord(epoch, revision, TABLE, ARTIFACT, Position.START, sequence));
    }
}
