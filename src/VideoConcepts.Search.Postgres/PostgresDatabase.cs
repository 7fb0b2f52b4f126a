using System.Data;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace VideoConcepts.Search;

/// <summary>A connection to the database of a library; says in one line what is wrong with it.</summary>
internal sealed class PostgresDatabase : IDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private NpgsqlTransaction? _transaction;
    private bool _opened;

    private PostgresDatabase(PostgresAddress address)
    {
        Address = address;
        var builder = new NpgsqlDataSourceBuilder(address.Connection);
        builder.UseVector();
        _source = builder.Build();
        _connection = _source.CreateConnection();
    }

    /// <summary>Where it is.</summary>
    public PostgresAddress Address { get; }

    /// <summary>Whether a transaction is at work.</summary>
    public bool IsInTransaction => _transaction is not null;

    /// <summary>Connects.</summary>
    /// <exception cref="BadInputException">There is no such server or database, or it does not let one in.</exception>
    public static PostgresDatabase Open(PostgresAddress address)
    {
        PostgresDatabase? database = null;
        try
        {
            database = new PostgresDatabase(address);
            database.Guard(database._connection.Open);
            database._opened = true;
            return database;
        }
        catch
        {
            database?.Dispose();
            throw;
        }
    }

    /// <summary>A new command with parameters $1, $2 …; <c>{s}.</c> stands for the library's schema.</summary>
    public NpgsqlCommand Command(string sql, params ReadOnlySpan<object?> values)
    {
        NpgsqlCommand command = _connection.CreateCommand();
        command.CommandText = sql.Replace("{s}", Address.Quoted, StringComparison.Ordinal);
        foreach (object? value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    /// <summary>Runs a statement.</summary>
    public void Run(string sql, params ReadOnlySpan<object?> values)
    {
        using NpgsqlCommand command = Command(sql, values);
        Guard(() => command.ExecuteNonQuery());
    }

    /// <summary>Runs a statement if the connection is still there.</summary>
    public void Last(string sql, params ReadOnlySpan<object?> values)
    {
        if (_connection.State != ConnectionState.Open) return;
        try
        {
            Run(sql, values);
        }
        catch (Exception e) when (e is BadInputException or IOException)
        {
            // the server undoes by itself what ends with the connection
        }
    }

    /// <summary>The first column of the first row, or null.</summary>
    public object? Value(string sql, params ReadOnlySpan<object?> values)
    {
        using NpgsqlCommand command = Command(sql, values);
        object? found = null;
        Guard(() => found = command.ExecuteScalar());
        return found is DBNull ? null : found;
    }

    /// <summary>All rows.</summary>
    public List<T> Rows<T>(Func<NpgsqlDataReader, T> read, string sql, params ReadOnlySpan<object?> values)
    {
        using NpgsqlCommand command = Command(sql, values);
        List<T> found = [];
        Guard(() =>
        {
            using NpgsqlDataReader rows = command.ExecuteReader();
            while (rows.Read()) found.Add(read(rows));
        });
        return found;
    }

    /// <summary>
    /// Rows as they are asked for, of one state of the database. Other statements may come between; a transaction of a
    /// writer must not begin.
    /// </summary>
    /// <param name="read">Reads one.</param>
    /// <param name="sql">A statement without parameters.</param>
    /// <param name="ahead">Rows that are fetched at a time.</param>
    public IEnumerable<T> Stream<T>(Func<NpgsqlDataReader, T> read, string sql, int ahead)
    {
        using IDisposable? state = _transaction is null ? Begin(IsolationLevel.RepeatableRead) : null;
        string rows = $"rows_{Guid.NewGuid():N}";
        Run($"DECLARE {rows} NO SCROLL CURSOR FOR {sql}");
        while (true)
        {
            List<T> some = Rows(read, $"FETCH {ahead} FROM {rows}");
            foreach (T row in some) yield return row;
            if (some.Count < ahead) break;
        }
        Run($"CLOSE {rows}");
    }

    /// <summary>Begins a transaction; disposing takes back what was not committed.</summary>
    public PostgresTransaction Begin(IsolationLevel level = IsolationLevel.ReadCommitted)
    {
        if (_transaction is not null)
            throw new InvalidOperationException("A store writes one video at a time, and none while blocks are read.");
        Guard(() => _transaction = _connection.BeginTransaction(level));
        return new PostgresTransaction(this, _transaction!, () => _transaction = null);
    }

    /// <summary>Looks again at which types there are.</summary>
    public void ReloadTypes() => Guard(_connection.ReloadTypes);

    /// <summary>Turns what PostgreSQL says into what the user is to do.</summary>
    public void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (PostgresException e)
        {
            throw Explained(e);
        }
        catch (NpgsqlException e)
        {
            throw _opened ? Lost(e) : NotReached(e);
        }
        catch (Exception e) when (!_opened
            && e is SocketException or IOException or AuthenticationException or TimeoutException)
        {
            throw NotReached(e);
        }
        catch (InvalidOperationException e) when (_opened && _connection.State != ConnectionState.Open)
        {
            throw Lost(e);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidCastException or OverflowException)
        {
            throw Damaged(e);
        }
    }

    /// <summary>The error for a library whose contents cannot be what was written.</summary>
    public BadInputException Damaged(Exception e) => new($"{Address.Name}: this library is damaged "
        + $"({Line(e).TrimEnd('.')}); put back a copy, or make it anew with index and ‹reindex›.", e);

    public void Dispose()
    {
        _connection.Dispose();
        _source.Dispose();
    }

    private static string Line(Exception e) => (e is PostgresException p ? p.MessageText : e.Message)
        .ReplaceLineEndings(" ").Trim();

    private Exception Explained(PostgresException e)
    {
        string name = Address.Name, said = $"{name}: {Line(e).TrimEnd('.')}";
        return e.SqlState switch
        {
            "53100" => new IOException($"{name}: the server's disk is full; what was finished is kept: make room and "
                + "do it again.", e),
            "XX001" or "XX002" or "58030" or "58P01" => Damaged(e),
            "3D000" => new BadInputException($"{said}; make it with createdb, or name another one.", e),
            "28P01" => new BadInputException($"{said}; look at PGPASSWORD or the file of passwords.", e),
            "28000" => new BadInputException($"{said}; name a user that the server lets in.", e),
            "42501" => new BadInputException($"{said}; have the role granted what it needs.", e),
            "25006" => new BadInputException($"{said}; name a server that can be written to.", e),
            "55P03" => new BadInputException($"{name}: another process writes to it; wait for its end.", e),
            "42P01" or "42703" or "3F000" => new BadInputException($"{said}; the library was removed or changed "
                + "meanwhile.", e),
            "2BP01" => new BadInputException($"{said}; remove what others made of the library's tables.", e),
            "53300" or "57P03" => new BadInputException($"{said}; try again later.", e),
            "57P01" or "57P02" => Lost(e),
            _ when !_opened => new BadInputException($"{said}.", e),
            _ => new IOException($"{said} ({e.SqlState}).", e),
        };
    }

    private IOException Lost(Exception e) => new($"{Address.Name}: the connection was lost ({Line(e).TrimEnd('.')}); "
        + "what was finished is kept: do it again.", e);

    private BadInputException NotReached(Exception e)
    {
        bool password = e.Message.Contains("No password has been provided", StringComparison.Ordinal);
        return new($"{Address.Name}: " + (password
            ? "the server wants a password; give it by PGPASSWORD or in the file that PGPASSFILE names (~/.pgpass)."
            : $"the server is not reached ({Line(e.InnerException ?? e).TrimEnd('.')}); look whether it runs, and at "
                + "host, port and sslmode."), e);
    }
}

/// <summary>A transaction of a connection.</summary>
internal sealed class PostgresTransaction(PostgresDatabase database, NpgsqlTransaction transaction, Action ended)
    : IDisposable
{
    public void Commit() => database.Guard(transaction.Commit);

    public void Dispose()
    {
        ended();
        try
        {
            transaction.Dispose();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException)
        {
            // the connection is gone, and the transaction with it
        }
    }
}
