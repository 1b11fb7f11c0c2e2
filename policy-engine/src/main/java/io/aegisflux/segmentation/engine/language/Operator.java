package io.aegisflux.segmentation.engine.language;

import java.util.Locale;

/** How a condition compares a field with its value. */
public enum Operator {
    EQ("the field is the value, or lies in the CIDR or range that the value names"),
    NE("the field is there and `eq` does not hold"),
    GT("the number is greater"),
    LT("the number is less"),
    GTE("the number is greater or equal"),
    LTE("the number is less or equal"),
    IN("`eq` holds for one value of the list"),
    NOT_IN("the field is there and `eq` holds for no value of the list"),
    CONTAINS("the text holds the value as a part"),
    REGEX("the whole text matches the regular expression");

    private final String meaning;

    Operator(String meaning) {
        this.meaning = meaning;
    }

    /** As written in a document: the name in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** One phrase for the documentation. */
    public String meaning() {
        return meaning;
    }

    /** Whether this holds where its opposite does not, among packets that have the field. */
    public boolean isNegated() {
        return this == NE || this == NOT_IN;
    }

    /** Whether the value may be a list. */
    public boolean takesList() {
        return this == IN || this == NOT_IN;
    }

    /** Whether the value is one number to compare with. */
    public boolean isOrdering() {
        return this == GT || this == LT || this == GTE || this == LTE;
    }
}
