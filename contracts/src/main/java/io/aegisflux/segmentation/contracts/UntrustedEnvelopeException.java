package io.aegisflux.segmentation.contracts;

/** An envelope that nobody trusted has signed, or that was signed for another purpose. */
public final class UntrustedEnvelopeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UntrustedEnvelopeException(String message) {
        super(message);
    }
}
