package io.aegisflux.segmentation.cli.terminal;

import java.util.ArrayList;
import java.util.List;

/** Aligned columns under a heading. A column whose name ends in {@code >} is right-aligned. */
public final class Table {
    private static final String GAP = "  ";

    private final List<Column> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    private record Column(String name, boolean right) {}

    public Table(String... columns) {
        this.columns = List.of(columns).stream()
                .map(name -> name.endsWith(">")
                        ? new Column(name.substring(0, name.length() - 1), true)
                        : new Column(name, false))
                .toList();
    }

    /**
     * @throws IllegalArgumentException when the row has not one cell for each column
     */
    public Table row(Cell... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException("%d cells for %d columns".formatted(cells.length, columns.size()));
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The lines, heading first; no blanks at their ends. */
    public List<String> lines(boolean colors) {
        List<List<Cell>> all = new ArrayList<>();
        all.add(columns.stream()
                .map(column -> new Cell(column.name(), Tone.HEADING))
                .toList());
        all.addAll(rows);
        int[] widths = new int[columns.size()];
        for (List<Cell> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).width());
            }
        }
        return all.stream().map(row -> line(row, widths, colors)).toList();
    }

    private String line(List<Cell> row, int[] widths, boolean colors) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            boolean right = columns.get(i).right();
            boolean last = i == widths.length - 1;
            line.append(i == 0 ? "" : GAP).append(row.get(i).padded(last && !right ? 0 : widths[i], right, colors));
        }
        return line.toString().stripTrailing();
    }
}
