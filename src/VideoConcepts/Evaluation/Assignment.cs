namespace VideoConcepts.Evaluation;

/// <summary>
/// The pairing of rows with columns, each at most once, that has the largest sum: the Hungarian algorithm with
/// potentials, O(n² m). Source: Kuhn, "The Hungarian Method for the Assignment Problem", 1955; SciPy's
/// scipy.optimize.linear_sum_assignment(maximize=True) gives the same sum.
/// </summary>
internal static class Assignment
{
    /// <summary>Values (n, m) → the column of each row, -1 for rows that are left over; min(n, m) are paired.</summary>
    public static int[] Largest(double[,] values)
    {
        int rows = values.GetLength(0), columns = values.GetLength(1);
        if (rows <= columns) return Cheapest(rows, columns, (r, c) => -values[r, c]);
        int[] rowOfColumn = Cheapest(columns, rows, (c, r) => -values[r, c]);
        int[] result = [.. Enumerable.Repeat(-1, rows)];
        for (int c = 0; c < columns; c++) result[rowOfColumn[c]] = c;
        return result;
    }

    // One row after another is added along the cheapest path of swaps (Dijkstra on reduced costs, which stay ≥ 0).
    private static int[] Cheapest(int rows, int columns, Func<int, int, double> cost)
    {
        double[] rowPrice = new double[rows], columnPrice = new double[columns + 1];
        int[] owner = [.. Enumerable.Repeat(-1, columns + 1)]; // of a column; the last one stands for the new row
        for (int added = 0; added < rows; added++)
        {
            owner[columns] = added;
            double[] distance = [.. Enumerable.Repeat(double.PositiveInfinity, columns)];
            var before = new int[columns];
            var visited = new bool[columns + 1];
            int at = columns;
            while (owner[at] >= 0)
            {
                visited[at] = true;
                int row = owner[at], next = -1;
                for (int c = 0; c < columns; c++)
                {
                    if (visited[c]) continue;
                    double reduced = cost(row, c) - rowPrice[row] - columnPrice[c];
                    if (reduced < distance[c]) (distance[c], before[c]) = (reduced, at);
                    if (next < 0 || distance[c] < distance[next]) next = c;
                }
                double step = distance[next];
                for (int c = 0; c <= columns; c++)
                {
                    if (visited[c])
                    {
                        rowPrice[owner[c]] += step;
                        columnPrice[c] -= step;
                    }
                    else if (c < columns)
                    {
                        distance[c] -= step;
                    }
                }
                at = next;
            }
            for (; at != columns; at = before[at]) owner[at] = owner[before[at]];
            owner[columns] = -1;
        }
        var result = new int[rows];
        for (int c = 0; c < columns; c++)
            if (owner[c] >= 0) result[owner[c]] = c;
        return result;
    }
}
