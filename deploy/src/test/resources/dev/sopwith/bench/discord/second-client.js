// Another library's idea of Discord: a small bot on discord.js, told by its arguments where Discord is.
const { Client, GatewayIntentBits, ActionRowBuilder, ButtonBuilder, ButtonStyle, MessageFlags } = require('discord.js');
const [api, token, channelId] = process.argv.slice(2);

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.GuildMessageReactions],
  rest: { api, version: '10' },
});

client.once('clientReady', async () => {
  const channel = await client.channels.fetch(channelId);
  await channel.guild.commands.set([
    { name: 'sop', description: 'd', options: [{ type: 1, name: 'list', description: 'd' }] },
  ]);
  const button = new ButtonBuilder().setCustomId('b').setLabel('Press').setStyle(ButtonStyle.Success);
  const message = await channel.send({ content: 'a prompt', components: [new ActionRowBuilder().addComponents(button)] });
  const thread = await message.startThread({ name: 'R-1', autoArchiveDuration: 1440 });
  await thread.send('in the thread');
  console.log('READY');
});

client.on('interactionCreate', async (it) => {
  if (it.isChatInputCommand()) {
    await it.deferReply({ flags: MessageFlags.Ephemeral });
    await it.editReply('listed');
  } else if (it.isButton()) {
    await it.deferUpdate();
    await it.followUp({ content: 'pressed', flags: MessageFlags.Ephemeral });
    await it.message.edit({ content: 'closed', components: [] });
  }
});

client.on('messageCreate', (it) => console.log('HEARD ' + it.content));
client.on('error', (e) => console.log('ERROR ' + e.message));
process.stdin.on('end', () => process.exit(0)).resume();
client.login(token);
