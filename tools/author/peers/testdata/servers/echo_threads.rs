//! An echo server with a thread for each client.
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::{env, io, thread, time::Duration};

fn main() -> io::Result<()> {
    let address = env::args().skip_while(|a| a != "-listen").nth(1).expect("-listen ADDR");
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        match listener.accept() {
            Ok((client, peer)) => {
                thread::spawn(move || {
                    if let Err(error) = echo(client) {
                        eprintln!("{peer} {error}");
                    }
                });
            }
            Err(error) => {
                // No descriptor left, or the client has gone.
                eprintln!("accept: {error}");
                thread::sleep(Duration::from_millis(50));
            }
        }
    }
}

/// Sends back all that comes, until the client's end of stream.
fn echo(mut client: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match client.read(&mut buffer)? {
            0 => return Ok(()),
            n => client.write_all(&buffer[..n])?,
        }
    }
}
